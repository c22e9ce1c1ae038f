"""Message Processor: analyses, filters, enriches and routes."""
