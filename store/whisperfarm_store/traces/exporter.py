"""OpenTelemetry's own part: spans are collected and sent to a receiver, behind the farm's back.

A span is put into a queue that has room for 2,048 and loses the oldest of more: no job ever waits
for a receiver, whatever the receiver does.
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
"""So many spans wait at most."""

FLUSH_TIMEOUT_S = 2.0
"""How long the end of a process may be held up by spans that are not sent yet."""

_EXPORT_INTERVAL_S = 2.0
_EXPORT_TIMEOUT_S = 5.0
"""How long a receiver may take for what it is sent at once."""

_MAX_BATCH_SIZE = 512
_NS = 1_000_000_000
_KINDS = {one.name.lower(): one for one in SpanKind}
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)


class SpanSender:
    """Sends the spans of one process. Safe in threads."""

    def __init__(self, url: str, part: str) -> None:
        # The library would say the same again and again while a receiver is away.
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        name = {"service.name": f"whisperfarm-{part}", "service.version": version("whisperfarm")}
        self._resource = Resource.create(name)
        self._scope = InstrumentationScope("whisperfarm")
        self._queue = BatchSpanProcessor(
            StateLoggingExporter(OTLPSpanExporter(endpoint=url, timeout=_EXPORT_TIMEOUT_S)),
            max_queue_size=MAX_QUEUE_SIZE,
            max_export_batch_size=_MAX_BATCH_SIZE,
            schedule_delay_millis=_EXPORT_INTERVAL_S * 1000,
        )

    def send(self, span: Span) -> None:
        """Send the span, soon; after the end, never. Never waits."""
        self._queue.on_end(_to_otlp(span, self._resource, self._scope))

    def close(self) -> None:
        """Send what is left, within `FLUSH_TIMEOUT_S` seconds."""
        # The library's own way takes no bound, and the receiver may hang.
        flusher = threading.Thread(target=self._queue.shutdown, name="traces", daemon=True)
        flusher.start()
        flusher.join(FLUSH_TIMEOUT_S)


class StateLoggingExporter(SpanExporter):
    """Sends by another one, and says so once when that fails, and once when it goes on."""

    def __init__(self, sender: SpanExporter) -> None:
        self._sender = sender
        self._is_delivering = True

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send them; what can not be sent is lost."""
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
        """Nothing is sent any more."""
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
