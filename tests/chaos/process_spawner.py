"""Starting and watching the processes of a farm that is to suffer."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.environment import environment

_ROOT = Path(__file__).parents[2]
_DEADLINE_S = 120


@dataclass(eq=False, slots=True)
class Child:
    """A process; `code` is its exit code, or minus the signal that ended it."""

    pid: int = 0
    code: int | None = None
    born: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)


class ProcessSpawner:
    """Our side of `tests.chaos.process`. Safe to use from several threads."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._orders: list[Child] = []
        self._children: dict[int, Child] = {}
        self._guard = threading.Lock()
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if not self._ready.wait(_DEADLINE_S):
            raise RuntimeError("the spawner does not start")

    @property
    def pid(self) -> int:
        """Its own process id."""
        return self._process.pid

    def start(self, part: str, **order: Any) -> Child:
        """A new process; see `tests.chaos.process` for what an order says."""
        child = Child()
        with self._guard:
            self._orders.append(child)
            self._send({"part": part, "order": len(self._orders) - 1, **order})
        if not child.born.wait(_DEADLINE_S):
            raise RuntimeError("the spawner starts no process")
        return child

    def signal(self, child: Child, number: signal.Signals) -> None:
        """To that process alone, if it still is."""
        with self._guard:
            self._send({"signal": int(number), "pid": child.pid})

    def _send(self, order: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            word = json.loads(line)
            if "ready" in word:
                self._ready.set()
            elif "order" in word:
                child = self._orders[word["order"]]
                child.pid = word["pid"]
                self._children[child.pid] = child
                child.born.set()
            else:
                child = self._children.pop(word["ended"])
                child.code = word["code"]
                child.ended.set()


@contextmanager
def process_spawner(*, inside: Sequence[str] = ()) -> Iterator[ProcessSpawner]:
    """A spawner, and with it all its processes, until the block ends.

    `inside` is a command that runs another one, somewhere else.
    """
    with subprocess.Popen(
        [*inside, sys.executable, "-m", "tests.chaos.process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=_ROOT,
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
