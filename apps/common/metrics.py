"""What operators see of the processes themselves."""

from prometheus_client import Counter

HEARTBEATS = Counter("urbana_heartbeats_total", "Signs of life by role: web, clock and each worker group.", ["role"])
