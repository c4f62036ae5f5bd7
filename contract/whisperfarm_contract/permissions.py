"""What callers may do, and the roles that bundle it."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Permission(StrEnum):
    """One kind of request. All but `OPERATE_FARM` concern the caller's own tenant."""

    SUBMIT_JOBS = "submit:jobs"
    READ_JOBS = "read:jobs"
    CANCEL_JOBS = "cancel:jobs"
    READ_TRANSCRIPTIONS = "read:transcriptions"
    REPLAY_CALLBACKS = "replay:callbacks"
    EDIT_VOCABULARIES = "edit:vocabularies"
    OPERATE_FARM = "operate:farm"


class Role(StrEnum):
    """The role of a caller."""

    CALLER = "caller"
    OPERATOR = "operator"


ROLES: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.CALLER: frozenset(Permission) - {Permission.OPERATE_FARM},
        Role.OPERATOR: frozenset(Permission),
    }
)
"""The permissions of each role."""
