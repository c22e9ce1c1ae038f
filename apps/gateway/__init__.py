"""Message Gateway: in and out of WhatsApp and the other channels."""
