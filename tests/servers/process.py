"""One program that can be started, stopped, killed and paused again and again."""

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
    """A server did not start, answer or end; the message holds the end of its log."""


class ServerProcess:
    """The process of one server, with the children that it has; not for several threads at once.

    It sees nothing of our environment but the PATH, so that nobody's settings steer it. `user`
    is whom it runs as, where that is not us. Signals go to its own process ids alone.

    When we are killed, Linux sends it `orphaned`, which has to end its children too.
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
        """Whether it has been started and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Its process id; raises `ServerFailed` when it does not run."""
        return int(self._own().pid)

    def start(self) -> None:
        """Start it; its output is appended to the log."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [*tied_to_us(self._orphaned), *self._command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self._folder,
                env=self._environment,
                start_new_session=True,  # Ctrl-C is for the tests, which then stop it in order
                **as_user(self._user),
            )

    def stop(self, how: signal.Signals) -> None:
        """Ask it to end with that signal, and wait; raises `ServerFailed` when it does not."""
        if not self.alive:
            return
        self.resume()
        family = self._family()
        family[0].send_signal(how)
        self._wait_for_end(family)

    def kill(self) -> None:
        """SIGKILL it with all its children; it had no chance to tidy up."""
        if not self.alive:
            return
        family = self.pause()
        for one in family:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        self._wait_for_end(family)

    def pause(self) -> list[psutil.Process]:
        """SIGSTOP it with all its children; who was stopped, itself first."""
        self._own().suspend()  # first, so that it has no more children
        family = self._family()
        for child in family[1:]:
            with suppress(psutil.NoSuchProcess):
                child.suspend()
        self._wait_until(lambda: not any(map(_moves, family)), "stand still")
        return family

    def resume(self) -> None:
        """Let it and its children go on after a pause."""
        for one in reversed(self._family()):
            with suppress(psutil.NoSuchProcess):
                one.resume()

    def complaint(self, what: str) -> str:
        """A text for `ServerFailed`: what went wrong, and the end of the log."""
        lines = self.log.read_text(errors="replace").splitlines()[-_TAIL_LINES:]
        status = self._process.poll() if self._process else None
        state = "is running" if status is None else f"ended with {status}"
        received = "\n".join(lines) or "(nothing)"
        return f"{what}; {self._command[0]} {state}. The end of its log:\n{received}"

    def _own(self) -> psutil.Process:
        if self._process is None or not self.alive:  # its id may be another's by now
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
    """What a server sees: our PATH, a home of its own, and no language."""
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LANG": "C.UTF-8"}


def as_user(user: str | None) -> dict[str, Any]:
    """Arguments for `subprocess` that make a program run as that user; none: as us."""
    return {} if user is None else {"user": user, "group": user, "extra_groups": []}


def tied_to_us(orphaned: signal.Signals) -> list[str]:
    """A command to begin with, so that a program gets that signal when we die, however we die.

    Linux alone has it, and means the thread that starts the program: the first one lives longest.
    It is lost where a program changes its user, which these do not: they are started as theirs.
    """
    setpriv = shutil.which("setpriv")
    if setpriv is None or threading.current_thread() is not threading.main_thread():
        return []
    return [setpriv, "--pdeathsig", orphaned.name.removeprefix("SIG"), "--"]


def lives(process: psutil.Process) -> bool:
    """Whether it still is; an orphan may stay as a zombie, where nobody collects it."""
    return _status(process) not in {psutil.STATUS_ZOMBIE, None}


def _moves(process: psutil.Process) -> bool:
    return lives(process) and _status(process) != psutil.STATUS_STOPPED


def _status(process: psutil.Process) -> str | None:
    try:
        return str(process.status())
    except psutil.NoSuchProcess:
        return None
