"""Finds extensions and remembers which tenant enabled them."""
