"""The intake and the output folder, either of which may be on a network and become unavailable."""

from collections.abc import Mapping

from whisperfarm.watch.reports import Reports
from whisperfarm.watch.scan import Version, scan
from whisperfarm.watch.settings import WatchSettings
from whisperfarm.watch.state import State
from whisperfarm_store.metrics import Metrics
from whisperfarm_store.metrics.definitions import WATCH_FOLDER_UP


class Folders:
    """Lists the intake folder, and notices when a folder is gone and when it is there again."""

    def __init__(
        self, settings: WatchSettings, state: State, reports: Reports, metrics: Metrics
    ) -> None:
        self._settings = settings
        self._state = state
        self._reports = reports
        self._metrics = metrics
        self._reasons: dict[str, str | None] = {"intake": "not listed yet"}

    @property
    def not_ready_reason(self) -> str | None:
        """Which folder is unavailable and why, or `None`."""
        reasons = [f"{folder}: {reason}" for folder, reason in self._reasons.items() if reason]
        return "; ".join(reasons) or None

    def scan(self) -> Mapping[str, Version] | None:
        """Return the files of the intake folder, or `None` while one of the folders is gone."""
        found = self._list()
        if found is None:
            return None
        is_available = self._state.is_available()
        self._record("output", None if is_available else "is gone; waiting for it")
        return found if is_available else None

    def _list(self) -> Mapping[str, Version] | None:
        intake, output = self._settings.intake, self._settings.output
        try:
            found = scan(
                intake,
                self._settings.globs,
                excluded=[output, *(intake / end for end in self._moved_to())],
                on_error=lambda folder, error: self._reports.once(folder, error.strerror or "gone"),
            )
        except OSError as error:
            self._record("intake", f"cannot be listed: {error.strerror}; waiting for it")
            return None
        self._record("intake", None)
        return found

    def _moved_to(self) -> list[str]:
        choices = {"done": self._settings.done, "failed": self._settings.failed}
        return [end for end, choice in choices.items() if choice == "move"]

    def _record(self, folder: str, reason: str | None) -> None:
        """Record that the folder is available, or the reason why it is not."""
        self._reasons[folder] = reason
        self._metrics.set(WATCH_FOLDER_UP, float(reason is None), folder=folder)
        path = str(getattr(self._settings, folder))
        if reason is None:
            self._reports.end(path, "is there again")
        else:
            self._reports.once(path, reason)
