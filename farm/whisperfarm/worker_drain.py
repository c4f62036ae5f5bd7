"""Drains workers and waits until they have ended."""

import socket
import time
from collections.abc import Callable, Sequence

import psutil

from whisperfarm_contract.problems import SettingsWrong
from whisperfarm_store.ledger import Ledger, WorkerSign

LOOK_EVERY_S = 0.2
SPEAK_EVERY_S = 5.0


class Leaving:
    """Drains live workers of a farm."""

    def __init__(
        self,
        ledger: Ledger,
        *,
        seen_within_s: float,
        say: Callable[[str], None],
        host: str = "",
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        self._ledger = ledger
        self._seen_within_s = seen_within_s
        self._say = say
        self._host = host or socket.gethostname()
        self._pause = pause

    def ask(self, *, names: Sequence[str], here: bool) -> list[WorkerSign]:
        """Drain the named workers, or with `here` those on this host, or else all.

        Returns the workers that drain. Raises `SettingsWrong` if a name is unknown; no worker
        drains then.
        """
        live = self._live()
        unknown = sorted(set(names) - {sign.name for sign in live})
        if unknown:
            raise SettingsWrong(
                f"there is no live worker {unknown[0]}; `whisperfarm workers` lists them"
            )
        asked = [
            sign
            for sign in live
            if (not names or sign.name in names) and (not here or sign.host == self._host)
        ]
        self._ledger.ask_drain([sign.name for sign in asked])
        for sign in asked:
            self._say(f"{sign.name}: drain requested")
        if not asked:
            self._say("there is no worker to drain")
        return asked

    def wait(self, asked: Sequence[WorkerSign], *, timeout_s: float) -> bool:
        """Wait until the workers have ended. Returns False after `timeout_s` seconds.

        Reports their running jobs every `SPEAK_EVERY_S` seconds.
        """
        deadline = time.monotonic() + timeout_s
        spoke = time.monotonic()
        while there := [sign for sign in asked if self._is_there(sign)]:
            now = time.monotonic()
            if now >= deadline:
                self._say(f"not ended after {timeout_s:g} s: {self._at_work(there)}")
                return False
            if now - spoke >= SPEAK_EVERY_S:
                spoke = now
                self._say(f"waiting for {self._at_work(there)}")
            self._pause(LOOK_EVERY_S)
        if asked:
            self._say("all workers have ended")
        return True

    def _live(self) -> list[WorkerSign]:
        return self._ledger.live_workers(within_s=self._seen_within_s)

    def _is_there(self, asked: WorkerSign) -> bool:
        """Whether the worker runs: by its process on this host, by its heartbeats elsewhere."""
        if asked.host == self._host and _runs(asked.pid):
            return True
        process = (asked.name, asked.pid)
        return any((sign.name, sign.pid) == process for sign in self._live())

    def _at_work(self, there: Sequence[WorkerSign]) -> str:
        busy = self._ledger.at_work()
        return ", ".join(f"{one.name} ({busy.get(one.name, 0)} jobs)" for one in there)


def _runs(pid: int) -> bool:
    """Whether the process runs; a zombie has ended."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
