"""The embedded broker between processes: this one publishes jobs, Celery workers receive them."""

import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kombu import Producer

from whisperfarm_contract import identifiers
from whisperfarm_store.broker import Publisher, celery_app
from whisperfarm_store.settings import StoreSettings

SCRIPT = Path(__file__).with_name("echo_worker.py")
DEADLINE_S = 60.0


pytestmark = [pytest.mark.slow, pytest.mark.timeout(2 * DEADLINE_S)]


class Worker:
    """A worker process, and the jobs that it printed."""

    def __init__(self, data_dir: Path, got: queue.Queue[str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(SCRIPT), str(data_dir)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._got = got
        self.log: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.log.append(line)
                if line.startswith("got "):
                    self._got.put(line.split()[1])

    def stop(self, how: signal.Signals) -> int:
        """Stop the worker. Returns its exit code, after all its output was read."""
        self.process.send_signal(how)
        status = self.process.wait(timeout=DEADLINE_S)
        self._reader.join(timeout=DEADLINE_S)
        return status


class Workers:
    """Worker processes on one data folder."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._got: queue.Queue[str] = queue.Queue()
        self.started: list[Worker] = []

    def start(self) -> Worker:
        """Start another worker."""
        self.started.append(Worker(self._data_dir, self._got))
        return self.started[-1]

    def got(self, count: int) -> list[str]:
        """Return the next `count` jobs that any worker received."""
        end = time.monotonic() + DEADLINE_S
        try:
            return [self._got.get(timeout=max(0, end - time.monotonic())) for _ in range(count)]
        except queue.Empty:
            logs = [line for worker in self.started for line in worker.log]
            pytest.fail("the workers did not get their jobs:\n" + "".join(logs))

    def got_more(self) -> bool:
        """Return whether workers received jobs that `got` has not returned."""
        return not self._got.empty()


@pytest.fixture
def settings(tmp_path: Path) -> StoreSettings:
    return StoreSettings(data_dir=tmp_path)


@pytest.fixture
def app(settings: StoreSettings) -> Any:
    return celery_app(settings)


@pytest.fixture
def workers(settings: StoreSettings) -> Iterator[Workers]:
    """Return workers, which are killed after the test."""
    found = Workers(settings.data_dir)
    yield found
    for worker in found.started:
        worker.stop(signal.SIGKILL)


def test_job_published_before_and_after_start_arrives_once(app: Any, workers: Workers) -> None:
    publisher = Publisher(app)
    ids = [f"job-{number}" for number in range(40)]
    for job_id in ids[:20]:
        publisher.publish([job_id], "demo")
    worker = workers.start()
    for job_id in ids[20:]:
        publisher.publish([job_id], "demo")
    assert sorted(workers.got(40)) == sorted(ids)
    assert worker.stop(signal.SIGTERM) == 0
    assert not workers.got_more()


def test_two_workers_never_receive_the_same_job(app: Any, workers: Workers) -> None:
    publisher = Publisher(app)
    both = [workers.start(), workers.start()]
    ids = [f"job-{number}" for number in range(60)]
    for job_id in ids:
        publisher.publish([job_id], "demo")
    assert sorted(workers.got(60)) == sorted(ids)
    assert [worker.stop(signal.SIGTERM) for worker in both] == [0, 0]
    assert not workers.got_more()


def test_worker_rejects_pickle_and_continues(app: Any, workers: Workers, tmp_path: Path) -> None:
    worker = workers.start()
    _publish_pickle(app, Bomb(tmp_path / "exploded"))
    Publisher(app).publish(["job-1"], "demo")
    assert workers.got(1) == ["job-1"]
    assert not (tmp_path / "exploded").exists()
    worker.stop(signal.SIGTERM)
    assert "pickle" in "".join(worker.log)


class Bomb:
    """An object that creates a file when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return Path.touch, (self._file,)  # type: ignore[return-value]


def _publish_pickle(app: Any, bomb: Bomb) -> None:
    with app.connection_for_write() as connection:
        queue = app.amqp.queues[identifiers.queue_name("demo")]
        producer = Producer(connection.default_channel, serializer="pickle")
        headers = {
            "task": identifiers.CELERY_TASK,
            "id": "bad",
            "lang": "py",
            "argsrepr": "",
            "kwargsrepr": "",
        }
        producer.publish([[bomb], {}, {}], routing_key=queue.name, declare=[queue], headers=headers)


def test_waiting_jobs_go_to_the_next_worker(
    app: Any, settings: StoreSettings, workers: Workers
) -> None:
    publisher = Publisher(app)
    first = workers.start()
    for _ in range(2):  # as many as may be in flight
        publisher.publish(["wait"], "demo")
    assert workers.got(2) == ["wait", "wait"]
    waiting = ["job-0", "job-1", "job-2"]
    for job_id in waiting:
        publisher.publish([job_id], "demo")
    first.process.send_signal(signal.SIGTERM)
    workers.start()
    assert sorted(workers.got(3)) == waiting
    (settings.data_dir / "go").touch()
    assert first.process.wait(timeout=DEADLINE_S) == 0


def test_worker_is_visible_to_celery_inspect(app: Any, workers: Workers) -> None:
    workers.start()
    Publisher(app).publish(["job-1"], "demo")
    workers.got(1)
    queues = app.control.inspect(timeout=2).active_queues()
    assert [[one["name"] for one in found] for found in queues.values()] == [["whisperfarm.demo"]]
