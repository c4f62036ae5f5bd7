"""What a watcher prints: each reason once, as long as it does not change."""

from collections.abc import Callable

PrintLine = Callable[[str], object]


class Reports:
    """The lines of one watcher."""

    def __init__(self, print_line: PrintLine) -> None:
        self.line = print_line
        self._reasons: dict[str, str] = {}

    def once(self, subject: str, reason: str) -> None:
        """Print the reason, unless it was the last one of this subject."""
        if self._reasons.get(subject) != reason:
            self._reasons[subject] = reason
            self.line(f"{subject}: {reason}")

    def end(self, subject: str, text: str) -> None:
        """Print that the reason has gone, if there was one."""
        if self._reasons.pop(subject, None) is not None:
            self.line(f"{subject}: {text}")
