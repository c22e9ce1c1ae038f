"""A stand-in for an OpenAI-compatible server that answers only from what the request itself says."""
