"""The Celery consumer in a worker's process, on the embedded broker."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kombu.transport import filesystem

from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_store.broker import Publisher, celery_app
from whisperfarm_store.settings import StoreSettings
from whisperfarm_worker.process.consumer import Consumer

WITHIN_S = 30


class Gate:
    """A gate that is open until a test closes it."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self._open.set()

    @property
    def available(self) -> bool:
        return self._open.is_set()

    def wait_available(self, within_s: float) -> bool:
        return self._open.wait(within_s)

    def close(self) -> None:
        self._open.clear()

    def open(self) -> None:
        self._open.set()


class _Running:
    """A consumer in its own thread, and the jobs that it received."""

    def __init__(self, settings: StoreSettings, *, concurrency: int = 2) -> None:
        self.jobs: list[str] = []
        self.problems: list[FarmUnavailable] = []
        self.begun, self.go_on, self.ready = (threading.Event() for _ in range(3))
        self.go_on.set()
        self.gate = Gate()
        self.consumer = Consumer(
            celery_app(settings),
            presets=settings.presets,
            concurrency=concurrency,
            on_ready=self.ready.set,
            gate=self.gate,
        )
        self._came = threading.Condition()
        self.thread = threading.Thread(target=self.consumer.run, args=(self._task,))

    def _task(self, job_id: str) -> None:
        self.begun.set()
        if self.problems:
            raise self.problems.pop()
        assert self.go_on.wait(WITHIN_S)
        with self._came:
            self.jobs.append(job_id)
            self._came.notify_all()

    def done(self, count: int) -> list[str]:
        """Return the finished jobs, once there are `count`."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.jobs) >= count, WITHIN_S)
            return list(self.jobs)

    def stop(self) -> None:
        """Stop the consumer and wait for its end."""
        self.go_on.set()
        self.consumer.stop()
        self.thread.join(WITHIN_S)
        assert not self.thread.is_alive()


Start = Callable[..., _Running]


@pytest.fixture
def settings(tmp_path: Path) -> StoreSettings:
    """Return settings with the embedded broker and two presets."""
    return StoreSettings(data_dir=tmp_path, presets=("demo", "fast"))


@pytest.fixture
def start(settings: StoreSettings) -> Iterator[Start]:
    """Return a function that starts consumers; they stop after the test."""
    started: list[_Running] = []

    def begin(own: StoreSettings = settings, **given: int) -> _Running:
        running = _Running(own, **given)
        running.thread.start()
        assert running.ready.wait(WITHIN_S)
        started.append(running)
        return running

    yield begin
    for running in started:
        running.stop()


def test_consumer_runs_jobs_of_its_presets(settings: StoreSettings, start: Start) -> None:
    running = start()
    publisher = Publisher(celery_app(settings))
    publisher.publish(["one"], "demo")
    publisher.publish(["two"], "fast")
    assert sorted(running.done(2)) == ["one", "two"]


def test_consumer_leaves_jobs_of_other_presets(
    settings: StoreSettings, start: Start, tmp_path: Path
) -> None:
    running = start(StoreSettings(data_dir=tmp_path, presets=("fast",)))
    publisher = Publisher(celery_app(settings))
    publisher.publish(["one"], "demo")
    publisher.publish(["two"], "fast")
    assert running.done(1) == ["two"]


def test_consumer_runs_concurrency_jobs_at_once(settings: StoreSettings, start: Start) -> None:
    together = threading.Barrier(3, timeout=WITHIN_S)
    running = start(concurrency=3)
    running.go_on.wait = lambda _: together.wait() >= 0  # type: ignore[method-assign, assignment]
    publisher = Publisher(celery_app(settings))
    for job_id in ("one", "two", "three"):
        publisher.publish([job_id], "demo")
    assert len(running.done(3)) == 3


def test_stopped_consumer_waits_for_the_running_job(settings: StoreSettings, start: Start) -> None:
    running = start()
    running.go_on.clear()
    Publisher(celery_app(settings)).publish(["one"], "demo")
    assert running.begun.wait(WITHIN_S)
    assert running.consumer.stop() is True
    running.thread.join(0.2)
    assert running.thread.is_alive()
    running.go_on.set()
    running.thread.join(WITHIN_S)
    assert running.jobs == ["one"]


def test_consumer_reconnects_soon(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    drain = filesystem.Transport.drain_events

    def drain_events(self: object, connection: object, timeout: float) -> object:
        waits.append(timeout)
        return drain(self, connection, timeout=timeout)

    monkeypatch.setattr(filesystem.Transport, "drain_events", drain_events)
    start().stop()
    assert 0 < max(waits) <= 0.5


def test_consumer_stopped_before_start_takes_nothing(settings: StoreSettings) -> None:
    running = _Running(settings)
    assert running.consumer.stop() is False
    running.consumer.run(running._task)
    assert not running.ready.is_set()


def test_consumer_raises_for_an_unavailable_broker(
    settings: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from whisperfarm_store.broker import folder

    def broken(*_: object) -> None:
        raise RuntimeError("no broker")

    monkeypatch.setattr(folder.Channel, "_queue_bind", broken)
    running = _Running(settings)
    with pytest.raises(FarmUnavailable):
        running.consumer.run(running._task)


def test_closed_gate_keeps_messages_in_the_broker(settings: StoreSettings, start: Start) -> None:
    running = start()
    running.gate.close()
    running.consumer.follow_gate()
    publisher = Publisher(celery_app(settings))
    for job_id in ("one", "two", "three"):
        publisher.publish([job_id], "demo")
    assert not running.begun.wait(3)
    running.gate.open()
    running.consumer.follow_gate()
    assert sorted(running.done(3)) == ["one", "three", "two"]


def test_message_that_arrives_at_a_closed_gate_returns_to_the_broker_without_a_traceback(
    settings: StoreSettings, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    running = start()
    running.gate.close()  # and the consumer has not noticed
    Publisher(celery_app(settings)).publish(["one"], "demo")
    assert not running.begun.wait(3)
    running.consumer.follow_gate()
    running.gate.open()
    running.consumer.follow_gate()
    assert running.done(1) == ["one"]
    rejections = [one for one in caplog.records if "reject requeue=True" in one.getMessage()]
    assert rejections
    assert not any(one.exc_info for one in rejections)


def test_job_that_could_not_be_claimed_returns_to_the_broker(
    settings: StoreSettings, start: Start
) -> None:
    running = start()
    running.problems.append(FarmUnavailable("the ledger is unavailable"))
    Publisher(celery_app(settings)).publish(["one"], "demo")
    assert running.done(1) == ["one"]
    assert running.problems == []
