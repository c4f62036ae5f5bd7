"""What callers may do, and the roles that bundle it."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Permission(StrEnum):
    """One kind of request. All but `OPERATE_FARM` and `READ_AUDIT` concern the caller's own tenant;
    with `OPERATE_FARM`, `READ_USAGE` concerns all tenants. `READ_REDACTED` permits what
    `READ_TRANSCRIPTIONS` and `READ_RECORDINGS` permit only where all personal data is masked.
    """

    SUBMIT_JOBS = "submit:jobs"
    READ_JOBS = "read:jobs"
    CANCEL_JOBS = "cancel:jobs"
    READ_TRANSCRIPTIONS = "read:transcriptions"
    READ_RECORDINGS = "read:recordings"
    READ_REDACTED = "read:redacted"
    READ_CUSTODY = "read:custody"
    REPLAY_CALLBACKS = "replay:callbacks"
    EDIT_VOCABULARIES = "edit:vocabularies"
    ENROL_SPEAKERS = "enrol:speakers"
    WRITE_ANNOTATIONS = "write:annotations"
    APPROVE_CRITICAL_CASES = "approve:critical_cases"
    HOLD_JOBS = "hold:jobs"
    ERASE_JOBS = "erase:jobs"
    READ_USAGE = "read:usage"
    OPERATE_FARM = "operate:farm"
    READ_AUDIT = "read:audit"


ALL_PERMISSIONS = "all:permissions"
"""Stands for every permission in a file of roles."""

Roles = Mapping[str, frozenset[Permission]]
"""The permissions of each role."""


class Role(StrEnum):
    """The built-in roles, of machines and of people."""

    SUBMITTER = "submitter"
    CALLER = "caller"
    OPERATOR = "operator"
    ANALYST = "analyst"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


_CALLER = frozenset(
    {
        Permission.SUBMIT_JOBS,
        Permission.READ_JOBS,
        Permission.CANCEL_JOBS,
        Permission.READ_TRANSCRIPTIONS,
        Permission.READ_RECORDINGS,
        Permission.READ_CUSTODY,
        Permission.REPLAY_CALLBACKS,
        Permission.EDIT_VOCABULARIES,
        Permission.READ_USAGE,
    }
)
_ANALYST = frozenset(
    {
        Permission.READ_JOBS,
        Permission.READ_TRANSCRIPTIONS,
        Permission.READ_RECORDINGS,
        Permission.WRITE_ANNOTATIONS,
    }
)

ROLES: Roles = MappingProxyType(
    {
        Role.SUBMITTER: frozenset({Permission.SUBMIT_JOBS}),
        Role.CALLER: _CALLER,
        Role.OPERATOR: _CALLER | {Permission.OPERATE_FARM},
        Role.ANALYST: _ANALYST,
        Role.SUPERVISOR: _ANALYST
        | {
            Permission.APPROVE_CRITICAL_CASES,
            Permission.READ_CUSTODY,
            Permission.READ_USAGE,
            Permission.HOLD_JOBS,
            Permission.ERASE_JOBS,
            Permission.ENROL_SPEAKERS,
        },
        Role.ADMIN: frozenset(Permission),
    }
)
"""The permissions of the built-in roles."""
