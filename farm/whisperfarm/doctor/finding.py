"""The result of a check."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from whisperfarm_contract.problems import Problem


class Health(StrEnum):
    """The severity of a finding; only `BAD` prevents the farm from working."""

    OK = "ok"
    NOTE = "note"
    BAD = "BAD"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report. `mend` says what the operator should do, if anything."""

    check: str
    health: Health
    text: str
    mend: str = ""


def good(check: str, text: str) -> Finding:
    """Return a finding that the check passed."""
    return Finding(check, Health.OK, text)


def note(check: str, text: str, *, mend: str = "") -> Finding:
    """Return a finding that does not prevent the farm from working."""
    return Finding(check, Health.NOTE, text, mend)


def bad(check: str, text: str, *, mend: str) -> Finding:
    """Return a finding that prevents the farm from working."""
    return Finding(check, Health.BAD, text, mend)


def guarded(check: str, look: Callable[[], Finding], *, mend: str) -> Finding:
    """Run a check. Returns its finding, or a bad one with the message of the exception."""
    try:
        return look()
    except Problem as problem:
        return bad(check, _with_reason(problem), mend=mend)
    except Exception as error:
        return bad(check, f"{type(error).__name__}: {error}", mend=mend)


def _with_reason(problem: Problem) -> str:
    """Return the problem's detail with the server's message, which callers never see."""
    cause = problem.__cause__
    reason = str(getattr(cause, "orig", None) or cause).strip() if cause else ""
    return f"{problem.detail} ({reason})" if reason else problem.detail
