"""The loop of a watcher, and the threads that transcribe."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue

from whisperfarm.watch import disposal, transcription, wav_header
from whisperfarm.watch.file import File
from whisperfarm.watch.folders import Folders
from whisperfarm.watch.layout import LAYOUTS, Recording
from whisperfarm.watch.reports import PrintLine, Reports
from whisperfarm.watch.scan import Version
from whisperfarm.watch.settings import WatchSettings
from whisperfarm.watch.siprec_submissions import SiprecSubmissions
from whisperfarm.watch.stability import Stability
from whisperfarm.watch.state import Finished, State
from whisperfarm.watch.transcription import Result
from whisperfarm_client import Farm, errors
from whisperfarm_contract.problems import MissingAudio, Problem
from whisperfarm_store.metrics import Metrics
from whisperfarm_store.metrics.definitions import WATCH_ENDED, WATCH_WAITING, WatchOutcome

OpenFarm = Callable[[], Farm]

_FATAL = frozenset({64, 77, 78})
"""Exit codes of problems that every recording would meet: an option, the API key, a setting."""

_OF_THE_RECORDING = 65
"""Exit code of problems that the content of a recording causes."""


class Watcher:
    """Watches a folder until it is stopped.

    The threads are daemons: a recording whose transcription is interrupted is submitted again with
    the same idempotency key by the next start, which continues with the same job.
    """

    def __init__(
        self,
        settings: WatchSettings,
        open_farm: OpenFarm,
        print_line: PrintLine,
        metrics: Metrics,
        *,
        siprec: SiprecSubmissions | None = None,
    ) -> None:
        self._settings = settings
        self._open_farm = open_farm
        self._metrics = metrics
        self._siprec = siprec
        self._reports = Reports(print_line)
        self._state = State(settings.output)
        self._folders = Folders(settings, self._state, self._reports, metrics)
        self._stability = Stability()
        self._queue: SimpleQueue[Recording] = SimpleQueue()
        self._busy: set[str] = set()
        self._not_before: dict[str, float] = {}
        self._finished: dict[str, Finished] = {}
        self._fatal: Problem | None = None

    @property
    def not_ready_reason(self) -> str | None:
        """Why nothing can be transcribed at present, or `None`."""
        return self._folders.not_ready_reason

    def run(self, stop: threading.Event) -> None:
        """Watch until `stop` is set. Raises a problem that every recording would meet."""
        self._state.create()
        for number in range(self._settings.at_once):
            threading.Thread(target=self._work, name=f"watch-{number}", daemon=True).start()
        while not stop.is_set() and self._fatal is None:
            self.look()
            stop.wait(self._settings.interval_s)
        if self._fatal is not None:
            raise self._fatal

    def look(self) -> None:
        """List the folder once, and queue what is complete and new."""
        found = self._folders.scan()
        if found is None:
            return
        now = time.monotonic()
        unchanged_s = self._stability.update(found, now)
        new = {path: version for path, version in found.items() if self._is_new(path, version)}
        self._metrics.set(WATCH_WAITING, len(new) + len(self._busy))
        files = [self._file(path, version, unchanged_s[path]) for path, version in new.items()]
        for recording in LAYOUTS[self._settings.layout](files, self._settings.legs_after_s):
            if self._not_before.get(recording.file.path, 0.0) <= now:
                self._enqueue(recording)

    def _is_new(self, path: str, version: Version) -> bool:
        """Whether this version of the file is not finished. Disposes of one that is."""
        if path in self._busy:
            return False
        finished = self._finished.get(path) or self._state.finished(path)
        if finished is None or finished.version != version:
            return True
        self._finished[path] = finished
        self._dispose(path, finished)
        return False

    def _file(self, path: str, version: Version, unchanged_s: float) -> File:
        header = None
        with suppress(OSError):  # it has gone, or cannot be read: its transcription will fail
            header = wav_header.read(self._settings.intake / path)
        is_open = header is not None and header.is_open
        needed_s = self._settings.abandoned_after_s if is_open else self._settings.settle_s
        return File(path, version, unchanged_s >= needed_s, unchanged_s, header)

    def _enqueue(self, recording: Recording) -> None:
        self._busy.update(_paths(recording))
        self._queue.put(recording)

    def _work(self) -> None:
        with self._open_farm() as farm:
            while True:
                recording = self._queue.get()
                try:
                    self._transcribe(farm, recording)
                finally:
                    self._busy.difference_update(_paths(recording))

    def _transcribe(self, farm: Farm, recording: Recording) -> None:
        path = recording.file.path
        if recording.note:
            self._reports.line(f"{path}: {recording.note}")
        try:
            result = transcription.transcribe(farm, recording, self._settings, self._state)
            if result is not None and not self._divide(farm, recording, result):
                self._finish(recording, result)
        except Problem as problem:
            if problem.exit_code in _FATAL:
                self._fatal = problem
            self._postpone(path, f"{problem.name}: {problem.detail}")
        except Exception as error:
            self._postpone(path, errors.unexpected(error).detail)

    def _divide(self, farm: Farm, recording: Recording, result: Result) -> bool:
        """Transcribe each leg by itself if the recordings of a call are why it failed: one may be
        damaged, and the others not. Returns whether that was done.
        """
        problem = result.problem
        if problem is None or problem.exit_code != _OF_THE_RECORDING or not recording.legs:
            return False
        self._reports.line(
            f"{recording.file.path}: failed as one call (job {result.job_id or 'none'}):"
            f" {problem.name}: {problem.detail}; each leg is transcribed by itself"
        )
        for leg in recording.legs:
            self._transcribe(farm, leg)
        return True

    def _postpone(self, path: str, reason: str) -> None:
        retry_s = self._settings.retry_s
        self._not_before[path] = time.monotonic() + retry_s
        self._metrics.count(WATCH_ENDED, outcome=WatchOutcome.RETRIED)
        self._reports.line(f"{path}: {reason}; trying again in {retry_s:g} s")

    def _finish(self, recording: Recording, result: Result) -> None:
        """Record the end of what was sent, and of the files that it covers if it is done."""
        path = recording.file.path
        if isinstance(result.problem, MissingAudio):  # permissions change without the file's time
            self._postpone(path, f"failed: {result.problem.detail}")
            return
        is_done = result.end == "done"
        if is_done and self._siprec is not None:  # before the record: a kill repeats it
            self._siprec.submit(recording)
        files = [recording.file, *recording.covers] if is_done else recording.sent
        for file in files:
            finished = Finished(file.version, result.end)
            self._state.finish(file.path, finished, job_id=result.job_id)
            self._finished[file.path] = finished
            self._dispose(file.path, finished)
        self._metrics.count(WATCH_ENDED, outcome=WatchOutcome(result.end))
        problem = result.problem
        reason = "" if problem is None else f": {problem.name}: {problem.detail}"
        self._reports.line(f"{path}: {result.end} (job {result.job_id or 'none'}){reason}")

    def _dispose(self, path: str, finished: Finished) -> None:
        choice = self._settings.done if finished.end == "done" else self._settings.failed
        try:
            disposal.dispose(self._settings.intake, path, finished, choice)
        except FileNotFoundError:
            return  # another watcher was faster
        except OSError as error:
            self._reports.once(path, f"cannot be moved or deleted: {error.strerror}")


def _paths(recording: Recording) -> set[str]:
    return {recording.file.path, *(file.path for file in recording.covers)}
