"""Spans on their way to a receiver that is there, is away, or hangs."""

import threading
from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from structlog.testing import capture_logs

from tests.servers.collector import WITHIN_S, Collector
from whisperfarm_store.traces.exporter import _AT_ONCE, MOST_WAITING, Saying, Sender
from whisperfarm_store.traces.spans import Span

TRACE = 0x01A1FE8E60BA79819C3E5A2D1F0B7C64


def span(number: int = 1, *, failed: bool = False, parent_id: int | None = 7) -> Span:
    return Span(
        trace_id=TRACE,
        span_id=number,
        parent_id=parent_id,
        name="align",
        begun_s=1000.5,
        ended_s=1002.0,
        attributes={"whisperfarm.attempt": 2},
        failed=failed,
    )


def test_a_span_comes_as_it_was_told(collector: Collector) -> None:
    sender = Sender(collector.url, "worker")
    sender.tell(span())
    sender.tell(span(2, failed=True, parent_id=None))
    sender.close()
    one, root = sorted(collector.came, key=lambda each: each.span_id)
    assert (one.service, one.name) == ("whisperfarm-worker", "align")
    assert (one.trace_id, one.span_id, one.parent_id) == (f"{TRACE:032x}", f"{1:016x}", f"{7:016x}")
    assert (one.begun_ns, one.ended_ns, one.failed) == (1_000_500_000_000, 1_002_000_000_000, False)
    assert one.attributes == {"whisperfarm.attempt": 2}
    assert (root.parent_id, root.failed) == ("", True)


def test_nobody_waits_for_a_receiver_that_hangs_and_the_oldest_spans_are_lost(
    collector: Collector,
) -> None:
    sender, many = Sender(collector.url, "worker"), 2 * MOST_WAITING
    with collector.held():
        for number in range(1, many + 1):
            sender.tell(span(number))
        assert collector.asked.wait(WITHIN_S)
        assert collector.came == []
    collector.until(lambda: f"{many:016x}" in {one.span_id for one in collector.came})
    sender.close()
    # One batch may be on its way already, and another one be taken meanwhile.
    assert MOST_WAITING <= len(collector.came) <= MOST_WAITING + 2 * _AT_ONCE


def test_the_end_does_not_wait_for_a_receiver_that_hangs(collector: Collector) -> None:
    sender = Sender(collector.url, "worker")
    with collector.held():
        sender.tell(span())
        sender.close()
        [sending] = [one for one in threading.enumerate() if one.name == "traces"]
        assert sending.is_alive()
        assert collector.came == []
    sending.join(WITHIN_S)


def test_what_is_told_after_the_end_is_of_no_interest(collector: Collector) -> None:
    sender = Sender(collector.url, "worker")
    sender.close()
    sender.tell(span())
    sender.close()
    assert collector.came == []


class Fickle(SpanExporter):
    """Away and there again, as the test has it."""

    result = SpanExportResult.SUCCESS

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self.result


def test_a_receiver_that_is_away_is_told_of_once_and_when_it_is_there_again() -> None:
    receiver = Fickle()
    saying = Saying(receiver)
    well, away = SpanExportResult.SUCCESS, SpanExportResult.FAILURE
    with capture_logs() as lines:
        for receiver.result in (well, away, away, well, well, away):
            assert saying.export([]) is receiver.result
    said = [one["event"].removeprefix("traces.") for one in lines]
    assert said == ["export_failed", "recovered", "export_failed"]
