"""What all private servers of the tests have in common."""

import shutil
import signal
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, TypeVar

from tests.servers.process import ServerFailed, ServerProcess


@dataclass(frozen=True, kw_only=True)
class Server(ABC):
    """A real server on loopback, with its data in a temporary folder.

    It keeps its address and its data through every stop, kill and start. Calls wait until what
    they ask for has happened; they are not for several threads at once.
    """

    folder: Path
    process: ServerProcess = field(repr=False)

    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    end_signal: ClassVar[signal.Signals] = signal.SIGKILL
    """How it ends when nobody needs its data any more: as fast as it leaves nothing behind."""
    boot_s: ClassVar[float] = 120  # RabbitMQ, on a machine with much else to do

    @property
    def data(self) -> Path:
        """The folder of its data."""
        return self.folder / "data"

    def start(self) -> None:
        """Make it answer, whether it was stopped, killed, paused, wiped or runs already.

        Raises `ServerFailed`, with the end of its log, when it does not in time.
        """
        if self.process.alive:
            self.process.resume()
        else:
            self.prepare()
            self.process.start()
        self._await_answer()

    def stop(self) -> None:
        """Let it end in good order."""
        self.process.stop(self.stop_signal)

    def kill(self) -> None:
        """SIGKILL it and its children."""
        self.process.kill()

    def pause(self) -> None:
        """SIGSTOP: its port stays open, nothing answers."""
        self.process.pause()

    def resume(self) -> None:
        """SIGCONT: let it go on after a pause."""
        self.process.resume()

    def wipe(self) -> None:
        """End it at once and lose its data; `start` makes an empty one."""
        self.process.stop(self.end_signal)
        shutil.rmtree(self.data)

    def prepare(self) -> None:
        """Make the data folder as the server wants it; runs before every start."""
        self.data.mkdir(exist_ok=True)

    @abstractmethod
    def ask(self) -> None:
        """Talk to it as a client does; raises whatever that client raises while it is not up."""

    def _await_answer(self) -> None:
        deadline = time.monotonic() + self.boot_s
        while trouble := self._trouble():
            if not self.process.alive or time.monotonic() > deadline:
                raise ServerFailed(self.process.complaint("it does not answer")) from trouble
            time.sleep(0.05)

    def _trouble(self) -> Exception | None:
        try:
            self.ask()
        except Exception as error:  # every client has its own
            return error
        return None


Kind = TypeVar("Kind", bound=Server)


@contextmanager
def running(server: Kind) -> Iterator[Kind]:
    """The server, started; it is gone at the end, whatever state a test left it in."""
    try:
        server.start()
        yield server
    finally:
        server.process.stop(server.end_signal)


@contextmanager
def server_folder(name: str, *, user: str | None = None) -> Iterator[Path]:
    """A temporary folder that the server's user may enter; it lies outside pytest's own, which
    are closed to other users."""
    with tempfile.TemporaryDirectory(prefix=f"whisperfarm-{name}-") as made:
        if user is not None:
            shutil.chown(made, user)
        yield Path(made)
