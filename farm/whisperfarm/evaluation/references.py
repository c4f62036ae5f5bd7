"""Recordings with references: `call.wav` beside `call.txt`, `call.rttm` or `call.ctm`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from whisperfarm.batch.patterns import is_wanted
from whisperfarm_contract.transcript import Turn, Word

_CTM_FIELDS = 5
_RTTM_FIELDS = 8

Row = TypeVar("Row")


class BadReference(Exception):
    """A reference is missing or cannot be read; the text says which, and the cure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What was said in a recording; a member is empty if there is no file for it."""

    text: str = ""
    words: tuple[Word, ...] = ()
    turns: tuple[Turn, ...] = ()


def find_recordings(folder: Path) -> Iterator[Path]:
    """Yield the recordings in a folder and the folders in it, in order."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and is_wanted(path.relative_to(folder).as_posix(), (), ()):
            yield path


def read_reference(recording: Path) -> Reference:
    """Read the references beside a recording. Raises `BadReference`.

    Without a `.txt`, the text is that of the words in the `.ctm`.
    """
    text = _read(recording.with_suffix(".txt"))
    words = _rows(recording.with_suffix(".ctm"), _word)
    turns = _rows(recording.with_suffix(".rttm"), _turn)
    text = " ".join((text or "").split()) or " ".join(word.text for word in words)
    if not text and not turns:
        raise BadReference(f"there is no text in {recording.stem}.txt; write what was said into it")
    return Reference(text=text, words=words, turns=turns)


def _read(path: Path) -> str | None:
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise BadReference(f"{path.name} cannot be read as UTF-8 text: {error}") from error


def _rows(path: Path, row: Callable[[list[str]], Row | None]) -> tuple[Row, ...]:
    """Return the rows of a file of fields separated by spaces; `;;` begins a comment."""
    found = []
    for number, line in enumerate((_read(path) or "").splitlines(), start=1):
        if not line.strip() or line.startswith(";;"):
            continue
        try:
            found.append(row(line.split()))
        except ValueError as error:
            raise BadReference(f"{path.name}, line {number}: {error}") from error
    return tuple(one for one in found if one is not None)


def _word(fields: list[str]) -> Word:
    if len(fields) < _CTM_FIELDS:
        raise ValueError("give recording, channel, start, duration and word")
    start, duration = float(fields[2]), float(fields[3])
    return Word(text=fields[4], start=start, end=start + duration)


def _turn(fields: list[str]) -> Turn | None:
    if fields[0] != "SPEAKER":
        return None
    if len(fields) < _RTTM_FIELDS:
        raise ValueError("a line SPEAKER has start and duration as fields 4 and 5, speaker as 8")
    start, duration = float(fields[3]), float(fields[4])
    return Turn(start=start, end=start + duration, speaker=fields[7])
