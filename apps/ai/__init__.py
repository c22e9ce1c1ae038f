"""AI Service: turns a context into a reply within a budget."""
