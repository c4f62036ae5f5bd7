"""The operator's own kinds of data are a YAML file."""

from pathlib import Path

import pytest

from whisperfarm_contract.problems import InvalidOption, InvalidSettings
from whisperfarm_contract.transcript import Coverage, Redaction, Segment, Transcript, Word
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_store.redaction.kinds import KINDS, read_kinds
from whisperfarm_store.redaction.pattern_document import MAX_BYTES
from whisperfarm_store.redaction.pattern_file import MAX_PATTERNS, read_patterns
from whisperfarm_store.redaction.view import redact, redact_text

PATTERNS = r"""
patterns:
  staff: '\bE ?M ?P[ -]{0,3}\d(?: ?\d){5}\b'
  case: '\bcase number (?:is )?(?P<data>\d(?: ?\d)+)'
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "redaction.yaml"


def settings(file: Path, text: str) -> DispatcherSettings:
    file.write_text(text, encoding="utf-8")
    return DispatcherSettings(redaction_file=file)


def test_own_kinds_come_first_and_belong_to_all(file: Path) -> None:
    known = settings(file, PATTERNS).redaction_kinds
    assert list(known) == ["staff", "case", *KINDS]
    assert list(read_kinds("all", known))[:3] == ["staff", "case", "card"]
    assert list(read_kinds("phone, Case", known)) == ["case", "phone"]
    with pytest.raises(InvalidOption, match="use staff, case, card"):
        read_kinds("names", known)


def test_own_kinds_are_masked_as_built_in_ones(file: Path) -> None:
    known = settings(file, PATTERNS).redaction_kinds
    asked = read_kinds("all", known)
    for text, masked in (
        ("I am emp-123456.", "I am [staff]."),
        ("I am E M P one two three uh four five six", "I am [staff]"),
        ("The case number is 1234567.", "The case number is [case]."),
        ("Call 1234567.", "Call [phone]."),
    ):
        assert redact_text(text, asked) == masked


def test_own_kinds_are_found_across_segments_with_their_times(file: Path) -> None:
    known = settings(file, PATTERNS).redaction_kinds
    first = Segment(
        start=0,
        end=2,
        text="EMP 123",
        words=(Word(text="EMP", start=0, end=1), Word(text="123", start=1, end=2)),
    )
    second = Segment(start=3, end=4, text="456 yes", words=())
    transcript = Transcript(
        language="en", model="demo", segments=(first, second), coverage=Coverage(audio_s=9)
    )
    found = redact(transcript, read_kinds("staff", known))
    assert [one.text for one in found.segments] == ["[staff]", "[staff] yes"]
    assert found.redactions == (
        Redaction(kind="staff", start=0, end=2),
        Redaction(kind="staff", start=3, end=4),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("patterns: {card: x}", "card: this name is built in"),
        ("patterns: {all: x}", "all: this name is built in"),
        ("patterns: {Staff: x}", "'Staff' is not a name of a kind"),
        ("patterns: {'a,b': x}", "'a,b' is not a name of a kind"),
        ("patterns: {true: x}", "True is not a name of a kind"),
        ("patterns: {staff: [x]}", "staff: write one expression"),
        ("patterns: {staff: 7}", "staff: write one expression"),
        ("patterns: {staff: '(?<=x)y'}", "staff: the expression is not an expression of RE2"),
        ("patterns: {staff: x, staff: y}", "'staff' is used twice"),
        ("patterns: [x]", "one mapping `patterns`"),
        ("patterns: {}\nother: 1", "one mapping `patterns`"),
        ("", "one mapping `patterns`"),
        ("patterns: !!python/object/apply:os.getcwd []", "cannot be read"),
        ("[" * 20_000, "cannot be read"),
        ("#" * (MAX_BYTES + 1), "larger than 65536 bytes"),
        ("patterns:\n" + "".join(f"  k{n}: x\n" for n in range(MAX_PATTERNS + 1)), "at most 50"),
    ],
)
def test_invalid_file_is_refused(file: Path, text: str, message: str) -> None:
    with pytest.raises(InvalidSettings, match="WHISPERFARM_REDACTION_FILE: ") as raised:
        settings(file, text)
    assert message in str(raised.value)


def test_file_that_cannot_be_read_is_refused(file: Path) -> None:
    for content in (None, b"\xff\xfe\xff"):
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(InvalidSettings, match="cannot be read"):
            read_patterns(file)
