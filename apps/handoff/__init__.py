"""Human Handoff: queues, presence, assignment and the saga."""
