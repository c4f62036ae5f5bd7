"""The embedded broker: kombu's file-system transport, made safe for several processes.

kombu 5.7 writes a message under its final name, so that a reader may take it half written, and
truncates the table of bindings before it locks it. Here, messages and the table are created
atomically, and a reader takes a message by a rename, which only one reader can win.

Messages are not synced to the disk: the ledger dispatches jobs again after a power cut.
"""

import time
import uuid
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any, ClassVar

from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

from whisperfarm_contract import identifiers
from whisperfarm_store import events

_UNFINISHED = ".part"
_LONGEST_WAIT_S = 0.2
"""How long a stopping worker may still wait for messages."""

_UNHEARD_S = 60.0
"""Age after which an event or a reply counts as abandoned by its reader."""


class Channel(filesystem.Channel):
    """Channel whose messages are files that are named by the time of sending."""

    _swept_at = 0.0

    def _put(self, queue: str, payload: Any, **_: Any) -> None:  # type: ignore[override]
        name = f"{time.time_ns():020d}_{uuid.uuid4().hex}.{queue}.msg"
        part = Path(self.processed_folder, name + _UNFINISHED)
        part.write_text(dumps(payload), encoding="utf-8")
        part.rename(Path(self.data_folder_out, name))
        self._sweep()

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        del timeout  # never waits: kombu polls
        for name in sorted(self._waiting(queue)):
            text = self._take(name)
            if text is None:
                continue  # another reader was faster
            try:
                return loads(text)
            except ValueError:  # a power cut may leave a file empty
                events.broker.message_discarded.log(message=name)
        raise Empty

    def _take(self, name: str) -> str | None:
        taken = Path(self.processed_folder, name)
        try:
            Path(self.data_folder_in, name).rename(taken)
        except FileNotFoundError:
            return None
        text = taken.read_text(encoding="utf-8", errors="replace")
        taken.unlink()
        return text

    def _size(self, queue: str) -> int:
        return len(self._waiting(queue))

    def _purge(self, queue: str) -> int:
        found = self._waiting(queue)
        for name in found:
            Path(self.data_folder_in, name).unlink(missing_ok=True)
        return len(found)

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        table = self._exchange_file(exchange)
        if not table.exists():
            self._make_empty(table)
        super()._queue_bind(exchange, routing_key, pattern, queue)

    def _make_empty(self, table: Path) -> None:
        """Create an empty table atomically, unless another process has made one."""
        part = table.with_name(f"{uuid.uuid4().hex}{_UNFINISHED}")
        part.write_text("[]", encoding="utf-8")
        with suppress(FileExistsError):
            table.hardlink_to(part)
        part.unlink()

    def _sweep(self) -> None:
        """Remove messages to a Flower or a worker's remote control that was killed."""
        now = time.time()
        if now - self._swept_at < _UNHEARD_S:
            return
        self._swept_at = now
        for path in Path(self.data_folder_in).glob("*.msg"):
            stamp, _, queue = path.name.partition(".")
            sent_at_ns = stamp.partition("_")[0]
            unheard = sent_at_ns.isdecimal() and now - int(sent_at_ns) / 1e9 > _UNHEARD_S
            if unheard and not queue.startswith(identifiers.queue("")):
                path.unlink(missing_ok=True)

    def _waiting(self, queue: str) -> list[str]:
        ending = f"{queue}.msg"
        return [
            entry.name
            for entry in Path(self.data_folder_in).iterdir()
            if entry.name.partition(".")[2] == ending
        ]


class Transport(filesystem.Transport):
    """The embedded broker as a transport of kombu."""

    Channel = Channel
    default_connection_params: ClassVar[dict[str, Any]] = {}
    """Empty because there is no host; without it, kombu warns about a missing one."""

    def drain_events(self, connection: Any, timeout: float | None = None, **given: Any) -> Any:
        """Wait for a message, but only briefly: Celery notices a stop only between two waits, and
        would wait for two seconds."""
        shorter_s = None if timeout is None else min(timeout, _LONGEST_WAIT_S)
        return super().drain_events(connection, timeout=shorter_s, **given)
