"""The operations of a correction: one class and one row of `OPERATIONS` each.

Each is applied to what the one before it made. None of them adds or removes a segment, so the
numbers of segments stay the same; those of words do not, within a segment whose words change.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Protocol

from whisperfarm_contract import schema_fields
from whisperfarm_contract.field_types import Integer, PrintableLine
from whisperfarm_contract.problems import ClientError, InvalidCorrection
from whisperfarm_contract.revisions.draft import Draft
from whisperfarm_contract.revisions.note_types import NOTE, TAGS
from whisperfarm_contract.revisions.words import replace_text, replace_words
from whisperfarm_contract.schema_fields import option_field

MAX_TEXT_CHARS = 5000
MAX_SPEAKER_CHARS = 100

_NUMBER = Integer(0, 1_000_000)
_SPEAKER = PrintableLine(MAX_SPEAKER_CHARS)
_SEGMENT_HELP = "number of the segment: its `id`, counted from 0"


class Operation(Protocol):
    """One change of a transcript."""

    def apply(self, draft: Draft) -> None:
        """Change the draft. Raises `InvalidCorrection` if it does not have what is to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceText:
    """Replaces the text of a segment, or of its words from `first_word` to `last_word`."""

    segment: int = option_field(_NUMBER, _SEGMENT_HELP)
    text: str = option_field(
        PrintableLine(MAX_TEXT_CHARS),
        "the new text, in one line; empty: the old one is removed",
        "",
    )
    first_word: int | None = option_field(
        _NUMBER, "first word to replace, counted from 0 in the segment; default: all"
    )
    last_word: int | None = option_field(
        _NUMBER, "last word to replace; default: the first, if that is given"
    )

    def apply(self, draft: Draft) -> None:
        segment = draft.segment(self.segment)
        space, text = draft.separator(segment), self.text.strip()
        if self.first_word is None and self.last_word is None:
            changed = replace_text(segment, text, space=space, has_words=draft.has_words)
        else:
            first, last = self._words(len(segment.words))
            changed = replace_words(segment, first=first, last=last, text=text, space=space)
        draft.set_segment(self.segment, changed)

    def _words(self, count: int) -> tuple[int, int]:
        first = 0 if self.first_word is None else self.first_word
        last = first if self.last_word is None else self.last_word
        if not first <= last < count:
            raise InvalidCorrection(
                f"first_word, last_word: segment {self.segment} has {count} words, counted from 0,"
                f" and no words {first} to {last}"
            )
        return first, last + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameSpeaker:
    """Renames a speaker in the whole transcript, or sets the speaker of one segment."""

    to: str = option_field(_SPEAKER, "the new name")
    speaker: str | None = option_field(_SPEAKER, "the speaker to rename in the whole transcript")
    segment: int | None = option_field(_NUMBER, f"{_SEGMENT_HELP}; its speaker alone is set")

    def apply(self, draft: Draft) -> None:
        if (self.speaker is None) == (self.segment is None):
            raise InvalidCorrection("speaker, segment: give one of the two")
        if self.segment is None:
            draft.rename_speaker(self.speaker or "", self.to)
        else:
            segment = draft.segment(self.segment)
            words = tuple(replace(word, speaker=self.to) for word in segment.words)
            draft.set_segment(self.segment, replace(segment, speaker=self.to, words=words))


@dataclass(frozen=True, slots=True, kw_only=True)
class SetNote:
    """Sets the note of a segment."""

    segment: int = option_field(_NUMBER, _SEGMENT_HELP)
    note: str = option_field(NOTE, "the note; empty: the old one is removed", "")

    def apply(self, draft: Draft) -> None:
        segment = draft.segment(self.segment)
        draft.set_segment(self.segment, replace(segment, note=self.note or None))


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTags:
    """Sets the tags of a segment."""

    segment: int = option_field(_NUMBER, _SEGMENT_HELP)
    tags: tuple[str, ...] = option_field(TAGS, "the tags; an empty list removes the old ones", ())

    def apply(self, draft: Draft) -> None:
        segment = draft.segment(self.segment)
        draft.set_segment(self.segment, replace(segment, tags=self.tags))


OPERATIONS: Mapping[str, type[Operation]] = MappingProxyType(
    {
        "replace_text": ReplaceText,
        "rename_speaker": RenameSpeaker,
        "set_note": SetNote,
        "set_tags": SetTags,
    }
)
"""The operations by the value of `op`."""

_REQUIRED: Mapping[type[Operation], str] = MappingProxyType(
    {ReplaceText: "segment", RenameSpeaker: "to", SetNote: "segment", SetTags: "segment"}
)


def read_operation(raw: Any) -> Operation:
    """Read an operation from JSON. Raises `InvalidCorrection`."""
    if not isinstance(raw, dict):
        raise InvalidCorrection("the operation is not a JSON object")
    name = raw.get("op")
    if not isinstance(name, str) or name not in OPERATIONS:
        raise InvalidCorrection(f"op: {name!r} is not one of {', '.join(OPERATIONS)}")
    kind = OPERATIONS[name]
    members = {member: value for member, value in raw.items() if member != "op"}
    try:
        operation = schema_fields.read(kind, members, also_known=("op",))
    except ClientError as problem:
        raise InvalidCorrection(problem.detail) from None
    if getattr(operation, _REQUIRED[kind]) is None:
        raise InvalidCorrection(f"{_REQUIRED[kind]} is missing")
    return operation


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of an operation."""
    return {"oneOf": [_schema(name, kind) for name, kind in OPERATIONS.items()]}


def _schema(name: str, kind: type[Operation]) -> dict[str, Any]:
    schema = schema_fields.object_schema(kind)
    return {
        **schema,
        "required": ["op", _REQUIRED[kind]],
        "properties": {"op": {"const": name}, **schema["properties"]},
    }
