"""Health and metrics: for load balancers, operators and Prometheus, without a login."""

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from apps.common.health import outside_services, readiness
from apps.common.measurements import exposition, may_read_metrics


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """Say that this process answers, whatever the rest does."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Say whether traffic may come here; 503 when not."""
    is_ready, parts = readiness()
    status = {"status": "ready" if is_ready else "not ready"}
    return JsonResponse(status | parts | outside_services(), status=200 if is_ready else 503)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Show the metrics of every process to who may read them."""
    if not may_read_metrics(request):
        return HttpResponseForbidden("Metrics are for loopback callers and for the bearer of METRICS_TOKEN.")
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)
