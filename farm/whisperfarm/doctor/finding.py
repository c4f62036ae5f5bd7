"""The result of a check."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from whisperfarm_contract.problems import InvalidSettings, Problem, StorageFull


class Severity(StrEnum):
    """The severity of a finding; only `FAIL` prevents the farm from working."""

    OK = "ok"
    WARN = "note"
    FAIL = "BAD"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report. `hint` says what the operator should do, if anything."""

    name: str
    severity: Severity
    text: str
    hint: str = ""


def ok(name: str, text: str) -> Finding:
    """Return a finding that the check passed."""
    return Finding(name, Severity.OK, text)


def warn(name: str, text: str, *, hint: str = "") -> Finding:
    """Return a finding that does not prevent the farm from working."""
    return Finding(name, Severity.WARN, text, hint)


def fail(name: str, text: str, *, hint: str) -> Finding:
    """Return a finding that prevents the farm from working."""
    return Finding(name, Severity.FAIL, text, hint)


def run_check(
    name: str, check: Callable[[], Finding], *, hint: str, full_hint: str = "free disk space"
) -> Finding:
    """Run a check. Returns its finding, or a bad one with the message of the exception.

    `full_hint` is the remedy if the storage is full, and `hint` for other errors. The message of
    `InvalidSettings` has its own.
    """
    try:
        return check()
    except InvalidSettings as problem:
        return fail(name, problem.detail, hint="")
    except StorageFull as problem:
        return fail(name, _with_reason(problem), hint=full_hint)
    except Problem as problem:
        return fail(name, _with_reason(problem), hint=hint)
    except Exception as error:
        return fail(name, f"{type(error).__name__}: {error}", hint=hint)


def _with_reason(problem: Problem) -> str:
    """Return the problem's detail with the server's message, which callers never see."""
    cause = problem.__cause__
    reason = str(getattr(cause, "orig", None) or cause).strip() if cause else ""
    return f"{problem.detail} ({reason})" if reason else problem.detail
