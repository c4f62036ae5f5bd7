"""The folders of a watcher, and watchers that run in a thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.integration.dispatcher.farm import DEADLINE_S, DispatcherFarm
from tests.support.waiting import until
from whisperfarm.watch.settings import WatchSettings
from whisperfarm.watch.siprec_submissions import SiprecSubmissions
from whisperfarm.watch.state import FOLDER
from whisperfarm.watch.watcher import Watcher
from whisperfarm_client import Farm
from whisperfarm_store.metrics import Metrics

QUICK = {"settle_s": 0.05, "legs_after_s": 0.1, "interval_s": 0.02, "retry_s": 0.05, "at_once": 4}

_WITHIN_S = 240
"""Hundreds of recordings on a machine that others keep busy."""


class Folders:
    """The folders of a watcher, and what it reported."""

    def __init__(self, folder: Path) -> None:
        self.intake, self.output = folder / "intake", folder / "output"
        self.intake.mkdir()
        self.reports: list[str] = []
        self.metrics = Metrics("watch")

    def put(self, name: str, content: bytes) -> Path:
        """Write a file under another name, and rename it."""
        path = self.intake / name
        path.parent.mkdir(parents=True, exist_ok=True)
        hidden = path.with_name(f".{path.name}")
        hidden.write_bytes(content)
        return hidden.rename(path)

    def outputs(self) -> set[str]:
        """Return the paths of all output files."""
        paths = (path.relative_to(self.output) for path in self.output.rglob("*"))
        files = {str(path) for path in paths if path.parts[0] != FOLDER}
        return {path for path in files if (self.output / path).is_file()}

    def value(self, metric: str, **labels: str) -> float | None:
        """Return the value of a metric of the watchers."""
        return self.metrics.registry.get_sample_value(metric, labels)

    def has_outputs(self, least: int) -> bool:
        return len(self.outputs()) >= least

    def expect(self, *names: str) -> None:
        """Wait until the outputs are these files."""
        until(lambda: self.outputs() == set(names), f"the outputs {names}", within_s=_WITHIN_S)

    @contextmanager
    def watched(
        self, farm: DispatcherFarm, *, siprec: SiprecSubmissions | None = None, **chosen: Any
    ) -> Iterator[None]:
        """Run a watcher until the block ends."""
        settings = WatchSettings(
            **{**QUICK, "intake": self.intake, "output": self.output, **chosen}
        )
        stop = threading.Event()
        watcher = Watcher(
            settings,
            lambda: Farm(farm.url, timeout_s=DEADLINE_S, environ={}),
            self.reports.append,
            self.metrics,
            siprec=siprec,
        )
        thread = threading.Thread(target=watcher.run, args=[stop])
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(DEADLINE_S)
