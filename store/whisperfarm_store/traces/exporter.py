"""Sends spans to an OpenTelemetry receiver, in a background thread.

Spans wait in a queue that drops the oldest if it is full, so a slow receiver never delays a job.
"""

import logging
import threading
from collections.abc import Sequence
from importlib.metadata import version

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from whisperfarm_store import events
from whisperfarm_store.traces.spans import Span

MAX_QUEUE_SIZE = 2048
"""Maximum number of spans in the queue."""

FLUSH_TIMEOUT_S = 2.0
"""How long shutdown waits for spans that are not sent yet."""

_EXPORT_INTERVAL_S = 2.0
_EXPORT_TIMEOUT_S = 5.0
"""How long the receiver may take for one batch."""

_MAX_BATCH_SIZE = 512
_NS = 1_000_000_000
_KINDS = {kind.name.lower(): kind for kind in SpanKind}
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)


class SpanSender:
    """Sends the spans of one process of `component`. Thread-safe."""

    def __init__(self, url: str, component: str) -> None:
        # The library logs every failure while the receiver is unavailable.
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        service = {
            "service.name": f"whisperfarm-{component}",
            "service.version": version("whisperfarm"),
        }
        self._resource = Resource.create(service)
        self._scope = InstrumentationScope("whisperfarm")
        self._queue = BatchSpanProcessor(
            StateLoggingExporter(OTLPSpanExporter(endpoint=url, timeout=_EXPORT_TIMEOUT_S)),
            max_queue_size=MAX_QUEUE_SIZE,
            max_export_batch_size=_MAX_BATCH_SIZE,
            schedule_delay_millis=_EXPORT_INTERVAL_S * 1000,
        )

    def send(self, span: Span) -> None:
        """Queue the span, without waiting. After `close`, it is dropped."""
        self._queue.on_end(_to_otlp(span, self._resource, self._scope))

    def close(self) -> None:
        """Send the queued spans, for at most `FLUSH_TIMEOUT_S` seconds."""
        # The library's shutdown has no timeout, and the receiver may hang.
        flusher = threading.Thread(target=self._queue.shutdown, name="traces", daemon=True)
        flusher.start()
        flusher.join(FLUSH_TIMEOUT_S)


class StateLoggingExporter(SpanExporter):
    """Exporter that logs once when exports begin to fail, and once when they succeed again."""

    def __init__(self, sender: SpanExporter) -> None:
        self._sender = sender
        self._is_delivering = True

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send the spans. Those that cannot be sent are lost."""
        result = self._sender.export(spans)
        was_delivering, self._is_delivering = (
            self._is_delivering,
            result is SpanExportResult.SUCCESS,
        )
        if was_delivering and not self._is_delivering:
            events.traces.export_failed.log(setting="WHISPERFARM_TRACES_URL")
        elif self._is_delivering and not was_delivering:
            events.traces.recovered.log()
        return result

    def shutdown(self) -> None:
        self._sender.shutdown()


def _to_otlp(span: Span, resource: Resource, scope: InstrumentationScope) -> ReadableSpan:
    parent = None if span.parent_id is None else _context(span.trace_id, span.parent_id)
    return ReadableSpan(
        span.name,
        context=_context(span.trace_id, span.span_id),
        parent=parent,
        resource=resource,
        attributes=dict(span.attributes),
        kind=_KINDS[span.kind],
        status=Status(StatusCode.ERROR if span.failed else StatusCode.UNSET),
        start_time=int(span.start_s * _NS),
        end_time=int(span.end_s * _NS),
        instrumentation_scope=scope,
    )


def _context(trace_id: int, span_id: int) -> SpanContext:
    return SpanContext(trace_id, span_id, is_remote=False, trace_flags=_SAMPLED)
