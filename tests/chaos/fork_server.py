"""A fork server for the parts of a farm: `python -m tests.chaos.fork_server`.

Importing the farm takes longer than most kills, so this process imports it once. It reads requests
as lines of JSON from standard input and forks a process for each, which is safe because it has no
threads. It writes the id of each new process and the exit code of each that ended. When its
standard input closes, it kills all of them.
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
"""Environment variable: seconds that the stub engine takes for a second of audio."""

CALLBACK_LEASE = "CHAOS_CALLBACK_LEASE"
"""Environment variable: seconds after which another dispatcher may claim a callback again."""

_BLOCK_BYTES = 8_192
_PR_SET_PDEATHSIG = 1

_REPLIES = os.dup(1)
"""The descriptor for replies. What libraries print goes to standard error."""


class ForkServer:
    """Forks a process per request, and reports the processes that have ended."""

    def __init__(self) -> None:
        self._children: set[int] = set()
        self._child_ended, wakeup_socket = socket.socketpair()
        wakeup_socket.setblocking(False)
        self._child_ended.setblocking(False)
        self._wakeup_socket = wakeup_socket  # kept open
        signal.set_wakeup_fd(wakeup_socket.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def run(self) -> None:
        """Serve requests until standard input closes."""
        received = b""
        while True:
            ready, _, _ = select.select([sys.stdin.buffer.raw, self._child_ended], [], [])
            if self._child_ended in ready:
                self._child_ended.recv(4096)
                self._collect()
            if sys.stdin.buffer.raw in ready:
                more = os.read(sys.stdin.fileno(), 65_536)
                if not more:
                    return self._end()
                *lines, received = (received + more).split(b"\n")
                for line in lines:
                    self._handle(json.loads(line))

    def _handle(self, request: dict[str, Any]) -> None:
        if "signal" in request:
            if request["pid"] in self._children:
                os.kill(request["pid"], request["signal"])
            return
        pid = os.fork()
        if pid == 0:
            _run_part(request)
        self._children.add(pid)
        _reply(number=request["number"], pid=pid)

    def _collect(self) -> None:
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self._children.discard(pid)
            _reply(ended=pid, code=os.waitstatus_to_exitcode(status))

    def _end(self) -> None:
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)


def _reply(**fields: Any) -> None:
    os.write(_REPLIES, json.dumps(fields).encode() + b"\n")


def _run_part(request: dict[str, Any]) -> NoReturn:
    """Run the requested part in the forked process, then exit."""
    code = 1
    try:
        _prepare_process(request)
        {"dispatcher": _serve_dispatcher, "worker": _serve_worker}[request["part"]]()
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _prepare_process(request: dict[str, Any]) -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.setsid()
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for here, standard in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(here, standard)
    os.environ.update(request["environment"])
    if request["point"]:
        point = POINTS[request["point"]]
        injection.arm(
            request["point"], point, nth=request["nth"], crash_file=Path(request["crash_file"])
        )


def _serve_dispatcher() -> None:
    storage.BLOCK_BYTES = _BLOCK_BYTES  # so that small recordings have several blocks
    if CALLBACK_LEASE in os.environ:
        delivery.LEASE_S = float(os.environ[CALLBACK_LEASE])
    dispatcher.serve(DispatcherSettings())


def _serve_worker() -> None:
    sentences._splitter = lambda _: None  # digests have no sentences, and NLTK loads slowly
    settings = WorkerSettings()
    failed = settings.data_dir / "failed-once"
    failed.mkdir(exist_ok=True)
    engine = StubEngine(pace=float(os.environ[PACE]), failed=failed)
    worker.open_engine = lambda *_, **__: engine  # type: ignore[assignment]
    worker.serve(settings, bundled_models=None)


def _import_lazy_modules() -> None:
    """Import what the farm imports only when it is used."""
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
    _import_lazy_modules()
    _reply(ready=True)
    ForkServer().run()
