"""Conversation Manager: sole writer of customers, conversations and messages."""
