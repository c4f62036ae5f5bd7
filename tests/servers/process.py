"""A program that can be started, stopped, killed and suspended repeatedly."""

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

_OBEYS_S = 30
_TAIL_LINES = 40


class ServerFailed(Exception):
    """A server did not start, answer or end; the message has the end of its log."""


class ServerProcess:
    """The process of one server with its children. Use it in one thread at a time.

    Its environment is the PATH alone, so that no user's settings affect it. It runs as `user`, if
    that is set. Signals go to its own process ids only. If this process is killed, Linux sends the
    server the signal `orphaned`, on which it must also end its children.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        folder: Path,
        environment: Mapping[str, str] | None = None,
        user: str | None = None,
        orphaned: signal.Signals = signal.SIGKILL,
    ) -> None:
        self.log = folder / "server.log"
        self._command = command
        self._folder = folder
        self._environment = clean_environment(folder) | dict(environment or {})
        self._user = user
        self._orphaned = orphaned
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def alive(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process id. Raises `ServerFailed` if it does not run."""
        return int(self._own().pid)

    def start(self) -> None:
        """Start it, and append its output to the log."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [*tied_to_us(self._orphaned), *self._command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self._folder,
                env=self._environment,
                start_new_session=True,  # Ctrl-C goes to the tests, which stop the server in order
                **as_user(self._user),
            )

    def stop(self, how: signal.Signals) -> None:
        """Send that signal and wait. Raises `ServerFailed` if it does not end in time."""
        if not self.alive:
            return
        self.resume()
        family = self._family()
        family[0].send_signal(how)
        self._wait_for_end(family)

    def kill(self) -> None:
        """Send SIGKILL to it and all its children."""
        if not self.alive:
            return
        family = self.pause()
        for one in family:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        self._wait_for_end(family)

    def pause(self) -> list[psutil.Process]:
        """Send SIGSTOP to it and all its children. Returns the stopped processes, itself first."""
        self._own().suspend()  # first, so that it starts no more children
        family = self._family()
        for child in family[1:]:
            with suppress(psutil.NoSuchProcess):
                child.suspend()
        self._wait_until(lambda: not any(map(_moves, family)), "stand still")
        return family

    def resume(self) -> None:
        """Resume it and its children after a pause."""
        for one in reversed(self._family()):
            with suppress(psutil.NoSuchProcess):
                one.resume()

    def complaint(self, what: str) -> str:
        """Return the text of a `ServerFailed`: what failed, and the end of the log."""
        lines = self.log.read_text(errors="replace").splitlines()[-_TAIL_LINES:]
        status = self._process.poll() if self._process else None
        state = "is running" if status is None else f"ended with {status}"
        received = "\n".join(lines) or "(nothing)"
        return f"{what}; {self._command[0]} {state}. The end of its log:\n{received}"

    def _own(self) -> psutil.Process:
        if self._process is None or not self.alive:  # its id may belong to another process by now
            raise ServerFailed(f"{self._command[0]} does not run")
        return psutil.Process(self._process.pid)

    def _family(self) -> list[psutil.Process]:
        own = self._own()
        return [own, *own.children(recursive=True)]

    def _wait_for_end(self, family: Sequence[psutil.Process]) -> None:
        self._wait_until(lambda: not self.alive and not any(map(lives, family)), "end")

    def _wait_until(self, look: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + _OBEYS_S
        while not look():
            if time.monotonic() > deadline:
                raise ServerFailed(self.complaint(f"it did not {what} within {_OBEYS_S} s"))
            time.sleep(0.005)


def clean_environment(folder: Path) -> dict[str, str]:
    """Return a server's environment: the PATH, a home of its own, and no language."""
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LANG": "C.UTF-8"}


def as_user(user: str | None) -> dict[str, Any]:
    """Return arguments for `subprocess` to run a program as that user; without a user, none."""
    return {} if user is None else {"user": user, "group": user, "extra_groups": []}


def tied_to_us(orphaned: signal.Signals) -> list[str]:
    """Return a command prefix: the program gets this signal when the test process dies.

    Linux only. The signal follows the thread that starts the program, so that must be the main
    thread. A program that changes its user loses it; these are started as their user.
    """
    setpriv = shutil.which("setpriv")
    if setpriv is None or threading.current_thread() is not threading.main_thread():
        return []
    return [setpriv, "--pdeathsig", orphaned.name.removeprefix("SIG"), "--"]


def lives(process: psutil.Process) -> bool:
    """Return whether the process runs; zombies do not count."""
    return _status(process) not in {psutil.STATUS_ZOMBIE, None}


def _moves(process: psutil.Process) -> bool:
    return lives(process) and _status(process) != psutil.STATUS_STOPPED


def _status(process: psutil.Process) -> str | None:
    try:
        return str(process.status())
    except psutil.NoSuchProcess:
        return None
