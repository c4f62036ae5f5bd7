"""How much is sent at once, and when it is tried again."""

from whisperfarm_contract.forwarding import MAX_CHUNK_BYTES
from whisperfarm_dispatcher.hub.pace import (
    FIRST_CHUNK_BYTES,
    MAX_RETRY_S,
    MIN_CHUNK_BYTES,
    Pace,
    poll_s,
    retry_s,
)


def test_chunks_grow_on_a_fast_link_to_a_limit() -> None:
    pace = Pace(bytes_per_s=0)
    for _ in range(20):
        assert pace.sent(pace.chunk_bytes, took_s=0.1) == 0
    assert pace.chunk_bytes == MAX_CHUNK_BYTES


def test_chunks_shrink_on_a_slow_link_and_after_failures() -> None:
    pace = Pace(bytes_per_s=0)
    pace.sent(pace.chunk_bytes, took_s=40)
    assert pace.chunk_bytes == FIRST_CHUNK_BYTES // 2
    for _ in range(20):
        pace.failed()
    assert pace.chunk_bytes == MIN_CHUNK_BYTES


def test_pauses_keep_within_the_bandwidth() -> None:
    pace = Pace(bytes_per_s=1000)
    assert pace.sent(10_000, took_s=2) == 8
    assert pace.sent(10_000, took_s=12) == 0


def test_retries_are_at_most_a_quarter_of_an_hour_apart_unless_the_hub_asks() -> None:
    assert retry_s(5, 1, chance=0.5) == 5
    assert retry_s(5, 500, chance=0.5) == MAX_RETRY_S
    assert retry_s(5, 1, chance=0.5, requested_s=7200) == 7200


def test_jobs_are_polled_less_often_the_longer_they_take() -> None:
    assert [poll_s(5, sent_for_s) for sent_for_s in (0, 100, 1e9)] == [5, 10, 300]
