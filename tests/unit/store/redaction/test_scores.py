"""Redaction is as good as docs/how-to/redaction.md says, in lines of conversations."""

import pytest

from tests.unit.store.redaction.scores import score
from tests.unit.store.redaction.spoken_lines import LANGUAGES, lines

FLOORS = {
    "card": (76, 76, 76),
    "iban": (25, 25, 25),
    "national-id": (15, 18, 15),
    "email": (30, 32, 31),
    "phone": (45, 46, 48),
}
"""Data that is found exactly, all that is found, and all data, of each kind. `make bench-redaction`
prints the lines that are masked wrongly."""

ALL_LINES = [one for language in LANGUAGES for one in lines(language)]
SCORES = score(ALL_LINES)


def test_there_are_over_300_lines() -> None:
    assert len(ALL_LINES) >= 300


@pytest.mark.parametrize("kind", FLOORS)
def test_precision_and_recall_are_not_lower_than_measured(kind: str) -> None:
    right, found, wanted = FLOORS[kind]
    assert SCORES[kind].precision >= right / found
    assert SCORES[kind].recall >= right / wanted


def test_all_numbers_are_masked_as_one_kind_or_another() -> None:
    for kind in ("card", "iban", "national-id", "phone"):
        assert SCORES[kind].masked == SCORES[kind].wanted > 0
