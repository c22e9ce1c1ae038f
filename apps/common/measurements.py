"""What Prometheus reads: the metrics of web, workers and clock together, and who may read them."""

import hmac
from collections.abc import Iterable
from ipaddress import ip_address
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

_FORWARDING_HEADERS = ("HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP")


def may_read_metrics(request: HttpRequest) -> bool:
    """Tell whether this caller is on loopback with nobody in between, or shows METRICS_TOKEN."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    expected = settings.METRICS_TOKEN
    if expected and scheme.lower() == "bearer" and hmac.compare_digest(token.encode(), expected.encode()):
        return True
    return is_direct_loopback(request)


def is_direct_loopback(request: HttpRequest) -> bool:
    """Tell whether the caller is on this machine and no proxy speaks for someone else."""
    if any(header in request.META for header in _FORWARDING_HEADERS):
        return False
    if any(header.startswith("HTTP_X_FORWARDED") for header in request.META):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def exposition() -> bytes:
    """Give all metrics in Prometheus's text format."""
    directory: Path = settings.PROMETHEUS_DIR
    if not directory.is_dir():
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    _EveryProcess(registry, str(directory))  # type: ignore[no-untyped-call]
    return generate_latest(registry)


class _EveryProcess(MultiProcessCollector):
    """Also reads the directories below, one per container: process ids repeat across containers."""

    def collect(self) -> Iterable[Metric]:
        """Merge the files of every process."""
        merged: Iterable[Metric] = self.merge([str(file) for file in Path(self._path).rglob("*.db")], accumulate=True)  # type: ignore[no-untyped-call]
        return merged
