"""A regular expression of the operator, which no text makes slow."""

from collections.abc import Iterator
from itertools import count

import pytest

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.redaction.pattern import MAX_CPU_S, Pattern


def found(expression: str, text: str) -> list[str]:
    return [text[start:end] for start, end in Pattern("own", expression)(text)]


def test_matches_are_found_in_any_case() -> None:
    assert found(r"\bpn-?\d{3}\b", "PN-123, pn456 and pn4567") == ["PN-123", "pn456"]
    assert found(r"(?-i)PN\d", "pn1 PN2") == ["PN2"]


def test_group_is_masked_instead_of_the_match() -> None:
    expression = r"(?:customer (?P<data>\d+)|account \d+)"
    assert found(expression, "customer 12, account 34") == ["12", "account 34"]
    assert found(r"(?P<data>\d+) euros", "7 euros or 8 pounds") == ["7"]


def test_spans_count_characters_of_any_script() -> None:
    assert found(r"\d+", "ä你𝄞\ud800 12") == ["12"]
    assert found(r"größe \pL+", "Die GRÖSSE und Größe Öl") == ["Größe Öl"]


def test_nested_repetition_takes_linear_time() -> None:
    assert found(r"(a+)+b", "a" * 100_000) == []


def test_search_without_time_masks_the_rest_of_the_text() -> None:
    seconds: Iterator[int] = count()
    pattern = Pattern("own", r"\d", cpu_s=lambda: next(seconds) * MAX_CPU_S / 2)
    assert list(pattern("1 2 3 4 5 abc")) == [(0, 1), (2, 3), (4, 5), (5, 13)]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (r"(?=x)y", "is not an expression of RE2: invalid perl operator: (?="),
        (r"(a)\1", "is not an expression of RE2: invalid escape sequence"),
        ("(", "is not an expression of RE2: missing )"),
        ("\ud800", "is not text"),
        (r"((a{1,100}){1,100}){1,100}", "is not an expression of RE2: "),
        (r"(?:abcd){600}", "states, and 2000 are allowed"),
        (r"\d*", "also finds nothing at all"),
        ("", "also finds nothing at all"),
    ],
)
def test_expression_is_refused(expression: str, message: str) -> None:
    with pytest.raises(InvalidSettings) as raised:
        Pattern("own", expression)
    assert message in str(raised.value)
