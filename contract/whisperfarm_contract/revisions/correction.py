"""What a person sends to correct or approve a transcript."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from whisperfarm_contract import schema_fields
from whisperfarm_contract.field_types import Integer
from whisperfarm_contract.problems import ClientError, InvalidCorrection
from whisperfarm_contract.revisions import operations
from whisperfarm_contract.revisions.draft import Draft
from whisperfarm_contract.revisions.note_types import NOTE, TAGS
from whisperfarm_contract.revisions.operations import Operation, RenameSpeaker, read_operation
from whisperfarm_contract.revisions.revision import MAX_REVISIONS
from whisperfarm_contract.schema_fields import option_field
from whisperfarm_contract.transcript import Transcript

R = TypeVar("R")

MAX_OPERATIONS = 500

MAX_RENAMES = 50
"""Most renamings of a speaker in the whole transcript, each of which reads all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A person's note and tags on a revision."""

    note: str | None = option_field(NOTE, "note on the revision")
    tags: tuple[str, ...] = option_field(TAGS, "tags of the revision", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head(Remark):
    parent: int = option_field(
        Integer(1, MAX_REVISIONS), "number of the revision that is corrected"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Operations on the revision `parent`, which make another revision, and a remark on it."""

    parent: int
    operations: tuple[Operation, ...]
    remark: Remark

    def apply(self, transcript: Transcript) -> Transcript:
        """Return the corrected transcript of the parent, which stays unchanged.

        Raises `InvalidCorrection`, which names the operation by its index.
        """
        draft = Draft(transcript)
        for index, operation in enumerate(self.operations):
            try:
                operation.apply(draft)
            except InvalidCorrection as problem:
                raise _at(index, problem) from None
        return draft.finish()


def read_correction(raw: Mapping[str, Any]) -> Correction:
    """Read a correction from JSON. Raises `InvalidCorrection`.

    A correction without operations must have a note or tags.
    """
    others = {name: value for name, value in raw.items() if name != "operations"}
    head = _read(_Head, others, also_known=("operations",))
    if head.parent is None:
        raise InvalidCorrection("parent: name the number of the revision that is corrected")
    remark = Remark(note=head.note, tags=head.tags)
    listed = [] if raw.get("operations") is None else raw["operations"]
    if not isinstance(listed, list):
        raise InvalidCorrection("operations: the value is not a list")
    if not listed and remark == Remark():
        raise InvalidCorrection("operations: the list is empty; give an operation, a note or tags")
    _check_count(listed)
    return Correction(parent=head.parent, operations=_read_all(listed), remark=remark)


def read_remark(raw: Mapping[str, Any]) -> Remark:
    """Read note and tags from JSON. Raises `InvalidCorrection`."""
    return _read(Remark, raw)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a correction."""
    schema = schema_fields.object_schema(_Head)
    listed = {"type": "array", "items": operations.json_schema(), "maxItems": MAX_OPERATIONS}
    return {
        **schema,
        "required": ["parent"],
        "properties": {**schema["properties"], "operations": listed},
    }


def remark_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of note and tags."""
    return schema_fields.object_schema(Remark)


def _read(record: type[R], raw: Mapping[str, Any], *, also_known: tuple[str, ...] = ()) -> R:
    try:
        return schema_fields.read(record, raw, also_known=also_known)
    except ClientError as problem:
        raise InvalidCorrection(problem.detail) from None


def _read_all(listed: list[Any]) -> tuple[Operation, ...]:
    read: list[Operation] = []
    for index, raw in enumerate(listed):
        try:
            read.append(read_operation(raw))
        except InvalidCorrection as problem:
            raise _at(index, problem) from None
    renames = sum(isinstance(one, RenameSpeaker) and one.segment is None for one in read)
    if renames > MAX_RENAMES:
        raise InvalidCorrection(
            f"operations: {renames} of them rename a speaker in the whole transcript; send at most"
            f" {MAX_RENAMES} at once"
        )
    return tuple(read)


def _check_count(listed: list[Any]) -> None:
    if len(listed) > MAX_OPERATIONS:
        raise InvalidCorrection(
            f"operations: the list has {len(listed)} operations; send at most {MAX_OPERATIONS} at"
            " once"
        )


def _at(index: int, problem: InvalidCorrection) -> InvalidCorrection:
    return InvalidCorrection(f"operations[{index}]: {problem.detail}")
