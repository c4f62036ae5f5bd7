"""Sending spans to a collector that answers, is unavailable, or hangs."""

import threading
from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from structlog.testing import capture_logs

from tests.servers.collector import WITHIN_S, Collector
from whisperfarm_store.traces.exporter import (
    _MAX_BATCH_SIZE,
    MAX_QUEUE_SIZE,
    SpanSender,
    StateLoggingExporter,
)
from whisperfarm_store.traces.spans import Span

TRACE = 0x01A1FE8E60BA79819C3E5A2D1F0B7C64


def span(number: int = 1, *, failed: bool = False, parent_id: int | None = 7) -> Span:
    return Span(
        trace_id=TRACE,
        span_id=number,
        parent_id=parent_id,
        name="align",
        start_s=1000.5,
        end_s=1002.0,
        attributes={"whisperfarm.attempt": 2},
        failed=failed,
    )


def test_span_arrives_with_its_attributes(collector: Collector) -> None:
    sender = SpanSender(collector.url, "worker")
    sender.send(span())
    sender.send(span(2, failed=True, parent_id=None))
    sender.close()
    one, root = sorted(collector.came, key=lambda each: each.span_id)
    assert (one.service, one.name) == ("whisperfarm-worker", "align")
    assert (one.trace_id, one.span_id, one.parent_id) == (f"{TRACE:032x}", f"{1:016x}", f"{7:016x}")
    assert (one.begun_ns, one.ended_ns, one.failed) == (1_000_500_000_000, 1_002_000_000_000, False)
    assert one.attributes == {"whisperfarm.attempt": 2}
    assert (root.parent_id, root.failed) == ("", True)


def test_hanging_receiver_drops_the_oldest_spans(
    collector: Collector,
) -> None:
    sender, many = SpanSender(collector.url, "worker"), 2 * MAX_QUEUE_SIZE
    with collector.held():
        for number in range(1, many + 1):
            sender.send(span(number))
        assert collector.asked.wait(WITHIN_S)
        assert collector.came == []
    collector.until(lambda: f"{many:016x}" in {one.span_id for one in collector.came})
    sender.close()
    # One batch may be in flight, and another one be taken meanwhile.
    assert MAX_QUEUE_SIZE <= len(collector.came) <= MAX_QUEUE_SIZE + 2 * _MAX_BATCH_SIZE


def test_close_does_not_wait_for_a_hanging_receiver(collector: Collector) -> None:
    sender = SpanSender(collector.url, "worker")
    with collector.held():
        sender.send(span())
        sender.close()
        [sending] = [one for one in threading.enumerate() if one.name == "traces"]
        assert sending.is_alive()
        assert collector.came == []
    sending.join(WITHIN_S)


def test_span_after_close_is_dropped(collector: Collector) -> None:
    sender = SpanSender(collector.url, "worker")
    sender.close()
    sender.send(span())
    sender.close()
    assert collector.came == []


class Fickle(SpanExporter):
    """A collector that the test makes unavailable and available."""

    result = SpanExportResult.SUCCESS

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self.result


def test_unavailable_receiver_is_logged_once_and_on_recovery() -> None:
    receiver = Fickle()
    saying = StateLoggingExporter(receiver)
    well, away = SpanExportResult.SUCCESS, SpanExportResult.FAILURE
    with capture_logs() as lines:
        for receiver.result in (well, away, away, well, well, away):
            assert saying.export([]) is receiver.result
    said = [one["event"].removeprefix("traces.") for one in lines]
    assert said == ["export_failed", "recovered", "export_failed"]
