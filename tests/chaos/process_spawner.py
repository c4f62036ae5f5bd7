"""Starts the processes of a farm through a fork server, and reports their ends."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.environment import environment
from tests.support.project import ROOT

_DEADLINE_S = 120


@dataclass(eq=False, slots=True)
class Child:
    """A process. `code` is its exit code, or the negative number of the signal that ended it."""

    pid: int = 0
    code: int | None = None
    started: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)


class ProcessSpawner:
    """Client of `tests.chaos.fork_server`. Safe to use from several threads."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._requested: list[Child] = []
        self._children: dict[int, Child] = {}
        self._guard = threading.Lock()
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if not self._ready.wait(_DEADLINE_S):
            raise RuntimeError("the fork server did not start")

    @property
    def pid(self) -> int:
        """The process id of the fork server."""
        return self._process.pid

    def start(self, part: str, **request: Any) -> Child:
        """Start a process. `request` has the fields that `tests.chaos.fork_server` reads."""
        child = Child()
        with self._guard:
            self._requested.append(child)
            self._send({"part": part, "number": len(self._requested) - 1, **request})
        if not child.started.wait(_DEADLINE_S):
            raise RuntimeError("the fork server started no process")
        return child

    def signal(self, child: Child, number: signal.Signals) -> None:
        """Send a signal to that process alone, if it has not ended."""
        with self._guard:
            self._send({"signal": int(number), "pid": child.pid})

    def _send(self, request: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            reply = json.loads(line)
            if "ready" in reply:
                self._ready.set()
            elif "number" in reply:
                child = self._requested[reply["number"]]
                child.pid = reply["pid"]
                self._children[child.pid] = child
                child.started.set()
            else:
                child = self._children.pop(reply["ended"])
                child.code = reply["code"]
                child.ended.set()


@contextmanager
def process_spawner(*, prefix: Sequence[str] = ()) -> Iterator[ProcessSpawner]:
    """Run a fork server until the block ends; its processes end with it.

    `prefix` is a command that runs the fork server, for example in a mount namespace.
    """
    with subprocess.Popen(
        [*prefix, sys.executable, "-m", "tests.chaos.fork_server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=environment(),
    ) as process:
        try:
            yield ProcessSpawner(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(_DEADLINE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
