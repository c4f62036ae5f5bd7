"""Writes the stages of all jobs and the calls of the device to a file for Perfetto.

The format is the JSON array of Chrome's "Trace Event Format". Its closing bracket may be missing,
so the file is valid whenever the process ends. It has ids of jobs and no texts or file names.
"""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from structlog.contextvars import get_contextvars
from structlog.typing import EventDict, WrappedLogger

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store import events
from whisperfarm_worker.pipeline.run import current_stage

_DEVICE_ROW = 1
_FIRST_JOB_ROW = 100
"""Numbers of rows: the device has one for each call that runs at once, then each thread has one."""

_Entry = Mapping[str, Any]


class ChromeTrace:
    """A structlog processor that writes events to a file of at most `max_bytes`. Thread-safe.

    Once the file is full, nothing more is written. Raises `InvalidSettings` if it cannot be opened.
    """

    def __init__(
        self, path: Path, *, max_bytes: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._began_s = clock()
        self._left_bytes = max_bytes
        self._lock = threading.Lock()
        self._rows: dict[int, int] = {}
        self._device_rows: list[float] = []
        try:
            self._file = path.open("w", encoding="utf-8")
        except OSError as error:
            raise InvalidSettings(
                f"WHISPERFARM_TRACE_FILE: {path} cannot be written ({error.strerror}); set it to a"
                " file in a folder that exists"
            ) from error
        self._write_text("[\n")

    def __call__(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        """Write the event if it ends a stage or a call of the device."""
        make = _ENTRIES.get(event["event"])
        if make is not None:
            with self._lock:
                for entry in make(self, event):
                    self._write_text(f"{json.dumps(entry)},\n")
        return event

    def close(self) -> None:
        """Close the file; later events are not written."""
        with self._lock:
            self._left_bytes = 0
            self._file.close()

    def _stage_ended(self, event: EventDict) -> Iterator[_Entry]:
        thread = threading.get_ident()
        if thread not in self._rows:
            self._rows[thread] = _FIRST_JOB_ROW + len(self._rows)
            yield self._row_name(self._rows[thread], f"jobs {len(self._rows)}")
        yield self._span(event["stage"], event["took_s"], row=self._rows[thread])

    def _device_called(self, event: EventDict) -> Iterator[_Entry]:
        ends_s = self._clock()
        begins_s = ends_s - event["took_s"]
        row = next((n for n, until in enumerate(self._device_rows) if until <= begins_s), None)
        if row is None:
            row = len(self._device_rows)
            self._device_rows.append(ends_s)
            yield self._row_name(_DEVICE_ROW + row, f"device {row + 1}")
        self._device_rows[row] = ends_s
        yield self._span(current_stage.get(), event["took_s"], row=_DEVICE_ROW + row)

    def _span(self, name: str, took_s: float, *, row: int) -> _Entry:
        context = get_contextvars()
        return {
            **{"name": name, "ph": "X", "pid": os.getpid(), "tid": row},
            "ts": round((self._clock() - self._began_s - took_s) * 1e6),
            "dur": round(took_s * 1e6),
            "args": {key: context[key] for key in ("job", "attempt") if key in context},
        }

    def _row_name(self, row: int, name: str) -> _Entry:
        return {
            **{"name": "thread_name", "ph": "M", "pid": os.getpid(), "tid": row},
            "args": {"name": name},
        }

    def _write_text(self, text: str) -> None:
        """Write a whole line or nothing, and at once: the process may be killed."""
        if len(text) > self._left_bytes:
            self._left_bytes = 0
            return
        self._left_bytes -= len(text)
        self._file.write(text)
        self._file.flush()


_ENTRIES: Mapping[str, Callable[[ChromeTrace, EventDict], Iterator[_Entry]]] = {
    events.stage.ended.name: ChromeTrace._stage_ended,
    events.device.called.name: ChromeTrace._device_called,
}
