"""Plumbing that knows no domain word: Mongo transactions, caches, locks, breakers, HTTP, logging."""
