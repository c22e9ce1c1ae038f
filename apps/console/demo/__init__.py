"""The demonstration's conversations: what was said, by whom, how long ago."""
