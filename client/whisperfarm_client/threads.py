"""The threads of a run, and the connection of each."""

import time
from collections.abc import Callable
from contextlib import closing
from threading import Lock, Thread

from whisperfarm_client.transport import HttpConnection


class Threads:
    """At most `max_threads`, which all do the same work with a connection of their own."""

    def __init__(
        self, work: Callable[[HttpConnection], None], connection: HttpConnection, max_threads: int
    ) -> None:
        """`connection` is the one to copy."""
        self._work = work
        self._connection = connection
        self._max_threads = max_threads
        self._running: list[tuple[Thread, HttpConnection]] = []
        self._is_stopping = False
        self._lock = Lock()

    def start_one(self) -> None:
        """Start one more thread, unless there are enough. Raises `RuntimeError` if it cannot."""
        with self._lock:
            if self._is_stopping or len(self._running) >= self._max_threads:
                return
            connection = self._connection.another()
            # A daemon does not delay the end of the process.
            thread = Thread(target=self._run, args=(connection,), daemon=True)
            thread.start()
            self._running.append((thread, connection))

    def stop(self, *, within_s: float) -> None:
        """End the requests of all threads, and wait for the threads for that time."""
        end = time.monotonic() + within_s
        with self._lock:
            self._is_stopping = True
        for _, connection in self._running:
            connection.abort()
        for thread, _ in self._running:
            thread.join(max(0.0, end - time.monotonic()))

    def _run(self, connection: HttpConnection) -> None:
        with closing(connection):
            self._work(connection)
