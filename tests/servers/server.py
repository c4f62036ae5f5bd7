"""The base class of the private servers."""

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
    """A real server on loopback with its data in a temporary folder.

    It keeps its address and its data through every stop, kill and start. Calls return once their
    effect has happened. Use it in one thread at a time.
    """

    folder: Path
    process: ServerProcess = field(repr=False)

    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    end_signal: ClassVar[signal.Signals] = signal.SIGKILL
    """The signal that ends it at the end of the tests: the fastest that leaves nothing behind."""
    boot_s: ClassVar[float] = 120  # for RabbitMQ on a busy machine

    @property
    def data(self) -> Path:
        """The folder of its data."""
        return self.folder / "data"

    def start(self) -> None:
        """Start it, or resume it if it is paused. Returns once it answers.

        Raises `ServerFailed` with the end of its log if it does not answer in time.
        """
        if self.process.alive:
            self.process.resume()
        else:
            self.prepare()
            self.process.start()
        self._await_answer()

    def stop(self) -> None:
        """Stop it in order."""
        self.process.stop(self.stop_signal)

    def kill(self) -> None:
        """Send SIGKILL to it and its children."""
        self.process.kill()

    def pause(self) -> None:
        """Send SIGSTOP: its port stays open, but it does not answer."""
        self.process.pause()

    def resume(self) -> None:
        """Send SIGCONT after a pause."""
        self.process.resume()

    def wipe(self) -> None:
        """Kill it and delete its data; `start` creates an empty server."""
        self.process.stop(self.end_signal)
        shutil.rmtree(self.data)

    def prepare(self) -> None:
        """Prepare the data folder; runs before every start."""
        self.data.mkdir(exist_ok=True)

    @abstractmethod
    def ask(self) -> None:
        """Query it as a client does. Raises the client's error while it is not ready."""

    def _await_answer(self) -> None:
        deadline = time.monotonic() + self.boot_s
        while trouble := self._trouble():
            if not self.process.alive or time.monotonic() > deadline:
                raise ServerFailed(self.process.complaint("it does not answer")) from trouble
            time.sleep(0.05)

    def _trouble(self) -> Exception | None:
        try:
            self.ask()
        except Exception as error:  # each client has its own exceptions
            return error
        return None


Kind = TypeVar("Kind", bound=Server)


@contextmanager
def running(server: Kind) -> Iterator[Kind]:
    """Run the server until the block ends, whatever state a test leaves it in."""
    try:
        server.start()
        yield server
    finally:
        server.process.stop(server.end_signal)


@contextmanager
def server_folder(name: str, *, user: str | None = None) -> Iterator[Path]:
    """Create a temporary folder that the server's user may enter.

    It is outside of pytest's folders, which other users may not enter.
    """
    with tempfile.TemporaryDirectory(prefix=f"whisperfarm-{name}-") as made:
        if user is not None:
            shutil.chown(made, user)
        yield Path(made)
