"""Compares a recording with what the manifest knows about it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from whisperfarm.batch.manifest import Row, State
from whisperfarm.batch.recording import Recording
from whisperfarm_client.errors import OutputNotWritable

Digest = Callable[[Recording], str | None]
"""Returns the digest of a recording's content, or `None` if it cannot be read."""


class Reason(StrEnum):
    """Why there is something to do for a recording."""

    NEW = "new"
    UNFINISHED = "unfinished"
    CHANGED = "changed"
    OTHER_OPTIONS = "other options"
    RETRY = "failed before"
    MISSING_OUTPUT = "output missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The row of a recording as it is to be now. `reason` is `None` if nothing is to be done."""

    recording: Recording
    row: Row
    reason: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planner:
    """Decides what there is to do. `has_output` says whether all files of a row are there."""

    digest: Digest
    has_output: Callable[[Row], bool]
    retry_failed: bool

    def step(self, recording: Recording, known: Row | None, *, name: str) -> Step:
        """Return what is to be done for a recording."""
        fresh = _fresh_row(recording, name)
        if known is None:
            return Step(recording=recording, row=fresh, reason=Reason.NEW)
        fresh = replace(fresh, attempt=known.attempt + 1)
        if known.options_digest != recording.options_digest:
            return Step(recording=recording, row=fresh, reason=Reason.OTHER_OPTIONS)
        if self._has_changed(recording, known):
            return Step(recording=recording, row=fresh, reason=Reason.CHANGED)
        row = replace(known, size_bytes=recording.size_bytes, modified_ns=recording.modified_ns)
        return self._unchanged(recording, row)

    def _has_changed(self, recording: Recording, known: Row) -> bool:
        """Compare size and time first, and the content only if they differ."""
        before = (known.size_bytes, known.modified_ns)
        if before == (recording.size_bytes, recording.modified_ns):
            return False
        return known.digest is None or self.digest(recording) != known.digest

    def _unchanged(self, recording: Recording, row: Row) -> Step:
        reason = None
        if row.state in (State.PENDING, State.SUBMITTED):
            reason = Reason.UNFINISHED
        elif row.state is State.DONE and not self.has_output(row):
            row, reason = replace(row, state=State.SUBMITTED), Reason.MISSING_OUTPUT
        elif row.state is State.FAILED and self.retry_failed:
            row, reason = _retried(row), Reason.RETRY
        return Step(recording=recording, row=row, reason=reason)


def _retried(row: Row) -> Row:
    """Return the row of a failed recording: its output is written again, or it is another job."""
    if row.job_id is not None and row.problem == OutputNotWritable.name:
        return replace(row, state=State.SUBMITTED, problem=None, detail=None, exit_code=0)
    return row.again()


def _fresh_row(recording: Recording, name: str) -> Row:
    return Row(
        path=recording.path,
        name=name,
        size_bytes=recording.size_bytes,
        modified_ns=recording.modified_ns,
        options_digest=recording.options_digest,
    )


def describe(steps: Collection[Step]) -> str:
    """Return a line that says how many recordings there are, and what is to be done."""
    states = [step.row.state for step in steps if step.reason is None]
    known = f"{states.count(State.DONE)} done, {states.count(State.FAILED)} failed"
    reasons = [step.reason for step in steps if step.reason is not None]
    if not reasons:
        hint = "; --retry-failed sends the failed ones again" if State.FAILED in states else ""
        return f"nothing to do: {known}{hint}"
    counts = [f"{reasons.count(one)} {one}" for one in Reason if one in reasons]
    return f"{len(steps)} recordings: {known}, {len(reasons)} to do ({', '.join(counts)})"
