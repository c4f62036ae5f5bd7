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

_PARTIAL_SUFFIX = ".part"
_MAX_WAIT_S = 0.2
"""How long a stopping worker may still wait for messages."""

_MESSAGE_TTL_S = 60.0
"""Age after which an event or a reply counts as abandoned by its reader."""


class Channel(filesystem.Channel):
    """Channel whose messages are files that are named by the time of sending."""

    _expired_at = 0.0

    def _put(self, queue: str, payload: Any, **_: Any) -> None:  # type: ignore[override]
        name = f"{time.time_ns():020d}_{uuid.uuid4().hex}.{queue}.msg"
        partial = Path(self.processed_folder, name + _PARTIAL_SUFFIX)
        partial.write_text(dumps(payload), encoding="utf-8")
        partial.rename(Path(self.data_folder_out, name))
        self._expire_messages()

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        del timeout  # never waits: kombu polls
        for name in sorted(self._messages(queue)):
            text = self._claim_file(name)
            if text is None:
                continue  # another reader was faster
            try:
                return loads(text)
            except ValueError:  # a power cut may leave a file empty
                events.broker.message_discarded.log(message=name)
        raise Empty

    def _claim_file(self, name: str) -> str | None:
        claimed = Path(self.processed_folder, name)
        try:
            Path(self.data_folder_in, name).rename(claimed)
        except FileNotFoundError:
            return None
        text = claimed.read_text(encoding="utf-8", errors="replace")
        claimed.unlink()
        return text

    def _size(self, queue: str) -> int:
        return len(self._messages(queue))

    def _purge(self, queue: str) -> int:
        found = self._messages(queue)
        for name in found:
            Path(self.data_folder_in, name).unlink(missing_ok=True)
        return len(found)

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        table = self._exchange_file(exchange)
        if not table.exists():
            self._create_empty(table)
        super()._queue_bind(exchange, routing_key, pattern, queue)

    def _create_empty(self, table: Path) -> None:
        """Create an empty table atomically, unless another process has made one."""
        partial = table.with_name(f"{uuid.uuid4().hex}{_PARTIAL_SUFFIX}")
        partial.write_text("[]", encoding="utf-8")
        with suppress(FileExistsError):
            table.hardlink_to(partial)
        partial.unlink()

    def _expire_messages(self) -> None:
        """Remove messages to a Flower or a worker's remote control that was killed."""
        now = time.time()
        if now - self._expired_at < _MESSAGE_TTL_S:
            return
        self._expired_at = now
        for path in Path(self.data_folder_in).glob("*.msg"):
            stamp, _, queue = path.name.partition(".")
            sent_at_ns = stamp.partition("_")[0]
            expired = sent_at_ns.isdecimal() and now - int(sent_at_ns) / 1e9 > _MESSAGE_TTL_S
            if expired and not queue.startswith(identifiers.queue_name("")):
                path.unlink(missing_ok=True)

    def _messages(self, queue: str) -> list[str]:
        suffix = f"{queue}.msg"
        return [
            entry.name
            for entry in Path(self.data_folder_in).iterdir()
            if entry.name.partition(".")[2] == suffix
        ]


class Transport(filesystem.Transport):
    """The embedded broker as a transport of kombu."""

    Channel = Channel
    default_connection_params: ClassVar[dict[str, Any]] = {}
    """Empty because there is no host; without it, kombu warns about a missing one."""

    def drain_events(self, connection: Any, timeout: float | None = None, **kwargs: Any) -> Any:
        """Wait for a message, but only briefly: Celery notices a stop only between two waits, and
        would wait for two seconds."""
        limited_s = None if timeout is None else min(timeout, _MAX_WAIT_S)
        return super().drain_events(connection, timeout=limited_s, **kwargs)
