"""Time budgets of the test folders, printed as a table at the end of a run of several folders.

A folder over its budget causes a warning and not a failure, because the machine may be busy.
"""

from collections import Counter
from pathlib import PurePosixPath

import pytest

BUDGETS_MIN = {
    ("unit", "quick"): 2.5,
    ("conformance", "quick"): 1.5,
    ("model", "quick"): 1.0,
    ("integration", "quick"): 5.0,
    ("acceptance", "quick"): 1.0,
    ("chaos", "quick"): 0.5,
    ("helm", "quick"): 1.0,
    ("unit", "slow"): 1.0,
    ("conformance", "slow"): 1.0,
    ("integration", "slow"): 24.0,
    ("page", "quick"): 0.5,
    ("page", "slow"): 2.0,
    ("media", "quick"): 0.5,
    ("media", "slow"): 12.0,
    ("acceptance", "slow"): 12.0,
    ("chaos", "slow"): 12.0,
}
"""Minutes on two idle cores, summed over all test processes."""


class Stopwatch:
    """A pytest plugin that adds up the seconds of each folder."""

    def __init__(self) -> None:
        self._spent_s: Counter[tuple[str, str]] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        folder = PurePosixPath(report.nodeid.partition("::")[0]).parts[1]
        kind = "slow" if "slow" in report.keywords else "quick"
        self._spent_s[folder, kind] += report.duration

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if len(self._spent_s) < 2:
            return
        terminalreporter.section("seconds spent in each folder of tests")
        for line in table(self._spent_s):
            terminalreporter.write_line(line, yellow=line.endswith(OVER))


OVER = "over budget"


def table(spent_s: Counter[tuple[str, str]]) -> list[str]:
    """Return one line for each folder and kind, the slowest first."""
    lines = [f"{'folder':<12} {'kind':<6} {'spent':>7} {'budget':>7}"]
    for (folder, kind), seconds in spent_s.most_common():
        budget_s = 60 * BUDGETS_MIN.get((folder, kind), 0.0)
        line = f"{folder:<12} {kind:<6} {seconds:>7.1f} {budget_s or '-':>7}"
        lines.append(f"{line}  {OVER}" if 0 < budget_s < seconds else line)
    return lines
