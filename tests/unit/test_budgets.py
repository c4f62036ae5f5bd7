"""The table of times at the end of a test run."""

from collections import Counter

from tests.support.budgets import BUDGETS_MIN, OVER, table
from tests.support.project import ROOT


def test_every_folder_of_tests_has_a_budget() -> None:
    folders = {
        path.relative_to(ROOT / "tests").parts[0] for path in ROOT.glob("tests/*/**/test_*.py")
    }
    assert folders - {"images"} == {folder for folder, _ in BUDGETS_MIN}


def test_table_marks_a_folder_over_its_budget() -> None:
    budget_s = 60 * BUDGETS_MIN["helm", "quick"]
    spent = Counter({("helm", "quick"): budget_s + 1, ("unit", "quick"): 1.0})
    [_, helm, unit] = table(spent)
    assert helm.endswith(OVER)
    assert not unit.endswith(OVER)
