"""Trace ids, carried by W3C `traceparent` text from the webhook to the send.

Spans always exist, so that logs and events can name them; they are exported only when OTLP is configured.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_propagator = TraceContextTextMapPropagator()


@cache
def _tracer() -> trace.Tracer:
    provider = TracerProvider(resource=Resource.create({"service.name": "urbana-connect"}))
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        # Reads the endpoint and its headers from the OTEL_EXPORTER_OTLP_* variables, as operators expect.
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider.get_tracer("urbana")


@contextmanager
def span(name: str, *, parent: str = "", **attributes: str | int | float | bool) -> Iterator[trace.Span]:
    """Run the block inside a span. `parent` is a traceparent; without one the current span is the parent.

    An exception marks the span as failed by its type only: messages may carry what a customer wrote.
    """
    context = _propagator.extract({"traceparent": parent}) if parent else None
    with _tracer().start_as_current_span(
        name, context=context, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield current
        except BaseException as error:
            current.set_status(trace.StatusCode.ERROR, type(error).__name__)
            raise


def current_traceparent() -> str:
    """Give the current span as a traceparent, or "" outside any span."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent", "")


def trace_id() -> str:
    """Give the current trace id as 32 hex digits, or "" outside any span."""
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else ""


def span_id() -> str:
    """Give the current span id as 16 hex digits, or "" outside any span."""
    context = trace.get_current_span().get_span_context()
    return trace.format_span_id(context.span_id) if context.is_valid else ""
