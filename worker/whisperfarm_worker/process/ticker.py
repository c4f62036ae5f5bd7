"""A thread that does one thing over and over."""

import threading
from collections.abc import Callable

import structlog

log = structlog.get_logger()


class Ticker:
    """Calls `tick` every `every_s` seconds until it is stopped; what `tick` raises is logged.

    `stop` waits for a call that is under way, for `patience_s` at most.
    """

    def __init__(
        self, name: str, tick: Callable[[], None], *, every_s: float, patience_s: float = 5.0
    ) -> None:
        self._name = name
        self._tick = tick
        self._every_s = every_s
        self._patience_s = patience_s
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin; the first call is made at once."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the call that is under way."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout=self._every_s + self._patience_s)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._tick()
            except Exception as error:
                log.warning("ticker.failed", ticker=self._name, error=str(error))
            self._stopped.wait(self._every_s)
