"""What a check found."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from whisperfarm_contract.problems import Problem


class Health(StrEnum):
    """How serious a finding is; only `BAD` keeps the farm from working."""

    OK = "ok"
    NOTE = "note"
    BAD = "BAD"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report. `mend` says what to do, when there is something to do."""

    check: str
    health: Health
    text: str
    mend: str = ""


def good(check: str, text: str) -> Finding:
    """All is well."""
    return Finding(check, Health.OK, text)


def note(check: str, text: str, *, mend: str = "") -> Finding:
    """The farm works, and the operator should know."""
    return Finding(check, Health.NOTE, text, mend)


def bad(check: str, text: str, *, mend: str) -> Finding:
    """The farm does not work like this."""
    return Finding(check, Health.BAD, text, mend)


def guarded(check: str, look: Callable[[], Finding], *, mend: str) -> Finding:
    """The finding of a look that may fail: any failure is a bad finding, told in its own words."""
    try:
        return look()
    except Problem as problem:
        return bad(check, _with_reason(problem), mend=mend)
    except Exception as error:
        return bad(check, f"{type(error).__name__}: {error}", mend=mend)


def _with_reason(problem: Problem) -> str:
    """A problem's text is for callers; whoever asks the doctor may know what the server said."""
    cause = problem.__cause__
    reason = str(getattr(cause, "orig", None) or cause).strip() if cause else ""
    return f"{problem.detail} ({reason})" if reason else problem.detail
