"""One run of a batch: sends what is pending, waits for the jobs, writes the transcripts."""

import threading
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from whisperfarm.batch.collector import Collector
from whisperfarm.batch.manifest import Row, State
from whisperfarm.batch.plan import Step
from whisperfarm.batch.progress import BatchProgress
from whisperfarm.batch.recording import Recording
from whisperfarm.batch.sender import Sender
from whisperfarm.batch.watcher import Ended, Watcher
from whisperfarm_client.errors import Stopped
from whisperfarm_client.pace import Pace
from whisperfarm_contract.problems import JobNotFound, Problem, ResultExpired

COLLECTORS = 2
"""Threads that fetch transcripts and write files."""


@dataclass(kw_only=True)
class Run:
    """A run over the recordings that have something to do. `senders` is the number of threads."""

    sender: Sender
    watcher: Watcher
    collector: Collector
    pace: Pace
    progress: BatchProgress
    stopping: threading.Event
    senders: int
    _unfinished: dict[str, Recording] = field(default_factory=dict)
    _sent_again: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)
    _error: BaseException | None = None

    def run(self, steps: Collection[Step]) -> None:
        """Return when all recordings are done or failed.

        Raises the problem that ends the run earlier. What the farm has accepted goes on there.
        """
        self._unfinished = {step.recording.path: step.recording for step in steps}
        with (
            ThreadPoolExecutor(COLLECTORS) as collecting,
            ThreadPoolExecutor(self.senders) as sending,
        ):
            try:
                for step in steps:
                    self._begin(step, sending)
                self._watch(sending, collecting)
            finally:
                self._stop()
                sending.shutdown(wait=False, cancel_futures=True)
        if self._error is not None:
            raise self._error

    def _begin(self, step: Step, sending: ThreadPoolExecutor) -> None:
        if step.row.state is State.SUBMITTED:
            self.watcher.add(step.row)
        else:
            sending.submit(self._send, step.recording)

    def _watch(self, sending: ThreadPoolExecutor, collecting: ThreadPoolExecutor) -> None:
        while not self._over.is_set():
            for ended in self.watcher.ended():
                self.pace.end_job()
                collecting.submit(self._collect, ended, sending)
            self._over.wait(self.watcher.pause_s)

    def _send(self, recording: Recording) -> None:
        with self._ending_the_run_on_error():
            row = self.sender.send(recording)
            if row.state is State.SUBMITTED:
                self.watcher.add(row)
            else:
                self._finish(row)

    def _collect(self, ended: Ended, sending: ThreadPoolExecutor) -> None:
        with self._ending_the_run_on_error():
            try:
                if ended.job is None:
                    raise JobNotFound(f"the farm has no job {ended.row.job_id}")
                self._finish(self.collector.collect(ended.row, ended.job))
            except (JobNotFound, ResultExpired) as problem:
                self._send_again(ended.row, problem, sending)

    def _send_again(self, row: Row, problem: Problem, sending: ThreadPoolExecutor) -> None:
        """Submit a recording once more whose job or transcript the farm has deleted."""
        is_second = row.path in self._sent_again
        row = row.failed(problem) if is_second else row.again()
        self.collector.manifest.save(row)
        if is_second:
            self._finish(row)
        else:
            self._sent_again.add(row.path)
            sending.submit(self._send, self._unfinished[row.path])

    def _finish(self, row: Row) -> None:
        self.progress.finish(row)
        with self._lock:
            del self._unfinished[row.path]
            if not self._unfinished:
                self._over.set()

    @contextmanager
    def _ending_the_run_on_error(self) -> Iterator[None]:
        try:
            yield
        except Stopped:
            return
        except BaseException as error:  # it is raised again in the thread of `run`
            with self._lock:
                self._error = self._error or error
            self._stop()

    def _stop(self) -> None:
        self._over.set()
        self.stopping.set()
        self.pace.stop()
