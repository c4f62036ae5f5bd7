"""A part of the farm as a process that can be told where to die: `python -m tests.chaos.process`.

Importing the farm takes longer than most trials. This process imports it once, and forks for each
order that comes as a line on its standard input; it has no threads, so that is safe. It answers
each order with the new process's id, and tells how each process ended. With its input its
processes end.
"""

import ctypes
import importlib
import json
import os
import select
import signal
import socket
import sys
import traceback
from pathlib import Path
from typing import Any, NoReturn

from tests.chaos import injection
from tests.chaos.engine import StubEngine
from tests.chaos.points import POINTS
from whisperfarm_dispatcher import server as dispatcher
from whisperfarm_dispatcher.callbacks import delivery
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_dispatcher.submission import storage
from whisperfarm_worker.pipeline.postprocess import sentences
from whisperfarm_worker.process import server as worker
from whisperfarm_worker.settings import WorkerSettings

PACE = "CHAOS_PACE"
"""Environment variable: the seconds that the stub engine takes for a second of sound."""

CALLBACK_LEASE = "CHAOS_CALLBACK_LEASE"
"""Environment variable: after how many seconds a callback that was begun is tried again."""

_BLOCK_BYTES = 8_192
_PR_SET_PDEATHSIG = 1

_ANSWERS = os.dup(1)
"""Where answers go; whatever libraries print goes to standard error."""


class ProcessSpawner:
    """Takes orders, and has an eye on the processes that came of them."""

    def __init__(self) -> None:
        self._children: set[int] = set()
        self._woken, waker = socket.socketpair()
        waker.setblocking(False)
        self._woken.setblocking(False)
        self._waker = waker  # kept open
        signal.set_wakeup_fd(waker.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def run(self) -> None:
        """Until the input ends."""
        received = b""
        while True:
            ready, _, _ = select.select([sys.stdin.buffer.raw, self._woken], [], [])
            if self._woken in ready:
                self._woken.recv(4096)
                self._collect()
            if sys.stdin.buffer.raw in ready:
                more = os.read(sys.stdin.fileno(), 65_536)
                if not more:
                    return self._end()
                *lines, received = (received + more).split(b"\n")
                for line in lines:
                    self._obey(json.loads(line))

    def _obey(self, order: dict[str, Any]) -> None:
        if "signal" in order:
            if order["pid"] in self._children:
                os.kill(order["pid"], order["signal"])
            return
        pid = os.fork()
        if pid == 0:
            _live(order)
        self._children.add(pid)
        _say(order=order["order"], pid=pid)

    def _collect(self) -> None:
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self._children.discard(pid)
            _say(ended=pid, code=os.waitstatus_to_exitcode(status))

    def _end(self) -> None:
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)


def _say(**words: Any) -> None:
    os.write(_ANSWERS, json.dumps(words).encode() + b"\n")


def _live(order: dict[str, Any]) -> NoReturn:
    """Be the part that was ordered."""
    code = 1
    try:
        _settle_in(order)
        {"dispatcher": _dispatch, "worker": _work}[order["part"]]()
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _settle_in(order: dict[str, Any]) -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.setsid()
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for here, standard in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(here, standard)
    os.environ.update(order["environment"])
    if order["point"]:
        point = POINTS[order["point"]]
        injection.arm(order["point"], point, nth=order["nth"], note=Path(order["note"]))


def _dispatch() -> None:
    storage.BLOCK_BYTES = _BLOCK_BYTES  # so that small recordings come in several
    if CALLBACK_LEASE in os.environ:
        delivery.LEASE_S = float(os.environ[CALLBACK_LEASE])
    dispatcher.serve(DispatcherSettings())


def _work() -> None:
    sentences._splitter = lambda _: None  # digests have no sentences, and NLTK loads for long
    settings = WorkerSettings()
    failed = settings.data_dir / "failed-once"
    failed.mkdir(exist_ok=True)
    engine = StubEngine(pace=float(os.environ[PACE]), failed=failed)
    worker.open_engine = lambda *_, **__: engine  # type: ignore[assignment]
    worker.serve(settings, bundled_models=None)


def _import_the_rest() -> None:
    """What the farm imports only when it is used."""
    for name in (
        "celery.apps.worker",
        "celery.concurrency.thread",
        "celery.worker.consumer",
        "kombu.transport.pyamqp",
        "psycopg",
        "boto3",
        "redis.asyncio",
        "whisperfarm_store.blobs.s3",
        "whisperfarm_store.broker.folder",
    ):
        importlib.import_module(name)


if __name__ == "__main__":
    os.dup2(2, 1)
    _import_the_rest()
    _say(ready=True)
    ProcessSpawner().run()
