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

MOST_WAITING = 2048
"""So many spans wait at most."""

LAST_S = 2.0
"""How long the end of a process may be held up by spans that are not sent yet."""

_EVERY_S = 2.0
_PATIENCE_S = 5.0
"""How long a receiver may take for what it is sent at once."""

_AT_ONCE = 512
_NS = 1_000_000_000
_KINDS = {one.name.lower(): one for one in SpanKind}
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)


class Sender:
    """Sends the spans of one process. Safe in threads."""

    def __init__(self, url: str, part: str) -> None:
        # The library would say the same again and again while a receiver is away.
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        name = {"service.name": f"whisperfarm-{part}", "service.version": version("whisperfarm")}
        self._resource = Resource.create(name)
        self._scope = InstrumentationScope("whisperfarm")
        self._queue = BatchSpanProcessor(
            Saying(OTLPSpanExporter(endpoint=url, timeout=_PATIENCE_S)),
            max_queue_size=MOST_WAITING,
            max_export_batch_size=_AT_ONCE,
            schedule_delay_millis=_EVERY_S * 1000,
        )

    def tell(self, span: Span) -> None:
        """Send the span, soon; after the end, never. Never waits."""
        self._queue.on_end(_in_their_form(span, self._resource, self._scope))

    def close(self) -> None:
        """Send what is left, within `LAST_S` seconds."""
        # The library's own way takes no bound, and the receiver may hang.
        last = threading.Thread(target=self._queue.shutdown, name="traces", daemon=True)
        last.start()
        last.join(LAST_S)


class Saying(SpanExporter):
    """Sends by another one, and says so once when that fails, and once when it goes on."""

    def __init__(self, sender: SpanExporter) -> None:
        self._sender = sender
        self._is_well = True

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send them; what can not be sent is lost."""
        result = self._sender.export(spans)
        was_well, self._is_well = self._is_well, result is SpanExportResult.SUCCESS
        if was_well and not self._is_well:
            events.traces.export_failed.log(setting="WHISPERFARM_TRACES_URL")
        elif self._is_well and not was_well:
            events.traces.recovered.log()
        return result

    def shutdown(self) -> None:
        """Nothing is sent any more."""
        self._sender.shutdown()


def _in_their_form(span: Span, resource: Resource, scope: InstrumentationScope) -> ReadableSpan:
    parent = None if span.parent_id is None else _context(span.trace_id, span.parent_id)
    return ReadableSpan(
        span.name,
        context=_context(span.trace_id, span.span_id),
        parent=parent,
        resource=resource,
        attributes=dict(span.attributes),
        kind=_KINDS[span.kind],
        status=Status(StatusCode.ERROR if span.failed else StatusCode.UNSET),
        start_time=int(span.begun_s * _NS),
        end_time=int(span.ended_s * _NS),
        instrumentation_scope=scope,
    )


def _context(trace_id: int, span_id: int) -> SpanContext:
    return SpanContext(trace_id, span_id, is_remote=False, trace_flags=_SAMPLED)
