"""WhatsApp Business Platform (Cloud API): Meta's words and errors are translated here and pass no further."""
