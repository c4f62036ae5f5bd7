"""Messages as files: complete, received once, in order, by several processes."""

from collections.abc import Iterator
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

from tests.support.concurrency import run_concurrently
from tests.support.small_files import small_files
from whisperfarm_store.broker import celery_app
from whisperfarm_store.settings import StoreSettings

QUEUE = "whisperfarm.demo"


@pytest.fixture
def connection(settings: StoreSettings) -> Iterator[Connection]:
    """Return a connection to the embedded broker."""
    with celery_app(settings).connection_for_write() as opened:
        yield opened


@pytest.fixture
def channel(connection: Connection) -> Any:
    """Return a channel of that connection."""
    return connection.channel()


def _take_all(channel: Any) -> list[Any]:
    taken = []
    while True:
        try:
            taken.append(channel._get(QUEUE))
        except Empty:
            return taken


def test_messages_are_received_in_order(channel: Any) -> None:
    for number in range(20):
        channel._put(QUEUE, {"n": number})
    assert channel._size(QUEUE) == 20
    assert [message["n"] for message in _take_all(channel)] == list(range(20))
    assert channel._size(QUEUE) == 0


def test_message_is_received_from_its_queue_only(channel: Any) -> None:
    others = (f"{QUEUE}-fast", f"other.{QUEUE}")
    for other in others:
        channel._put(other, {})
    assert _take_all(channel) == []
    assert [channel._size(other) for other in others] == [1, 1]


def test_purge_empties_a_queue(channel: Any) -> None:
    for queue in (QUEUE, QUEUE, "other"):
        channel._put(queue, {})
    assert channel._purge(QUEUE) == 2
    assert (channel._size(QUEUE), channel._size("other")) == (0, 1)


def test_message_appears_whole_or_not_at_all(channel: Any, settings: StoreSettings) -> None:
    with small_files(), pytest.raises(OSError, match="too large"):
        channel._put(QUEUE, {"text": "x" * 2**20})
    assert list((settings.broker_dir / "messages").iterdir()) == []


def test_each_message_goes_to_one_reader(connection: Connection) -> None:
    writer = connection.channel()
    for number in range(100):
        writer._put(QUEUE, {"n": number})
    taken = run_concurrently(6, lambda _: _take_all(connection.channel()))
    numbers = [message["n"] for messages in taken for message in messages]
    assert sorted(numbers) == list(range(100))


def test_received_message_leaves_no_file(channel: Any, settings: StoreSettings) -> None:
    channel._put(QUEUE, {})
    _take_all(channel)
    assert [path for path in settings.broker_dir.rglob("*") if path.is_file()] == []


def test_empty_message_file_is_skipped(channel: Any, settings: StoreSettings) -> None:
    messages = settings.broker_dir / "messages"
    for number, content in enumerate((b"", b'{"n"', b"\xff\xfe")):
        (messages / f"{number:020d}_x.{QUEUE}.msg").write_bytes(content)
    channel._put(QUEUE, {"n": 1})
    assert _take_all(channel) == [{"n": 1}]


def test_stale_events_expire_and_jobs_do_not(channel: Any, settings: StoreSettings) -> None:
    messages = settings.broker_dir / "messages"
    long_ago = f"{1:020d}_x"
    for queue in (QUEUE, "celeryev.killed", "celery@killed.celery.pidbox"):
        (messages / f"{long_ago}.{queue}.msg").write_text("{}")
    (messages / "a foreign file.msg").touch()
    channel._put("celeryev.alive", {})
    left = {path.name.partition(".")[2] for path in messages.iterdir()}
    assert left == {f"{QUEUE}.msg", "celeryev.alive.msg", "msg"}


def test_concurrent_bindings_are_all_kept(connection: Connection) -> None:
    for attempt in range(20):
        exchange = f"exchange{attempt}"
        channels = [connection.channel() for _ in range(8)]

        def bind(number: int, exchange: str = exchange, channels: Any = channels) -> None:
            channels[number]._queue_bind(exchange, f"key{number}", "", f"queue{number}")

        run_concurrently(8, bind)
        bound = {entry.queue for entry in channels[0].get_table(exchange)}
        assert bound == {f"queue{number}" for number in range(8)}
