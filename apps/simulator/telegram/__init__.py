"""A stand-in for the Bot API: its methods, its rules, its errors and its webhooks (protocols/telegram.md)."""
