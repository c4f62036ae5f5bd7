"""The caller of a request, as its key or token says, and how a request is refused."""

from dataclasses import dataclass

from fastapi import Request

from whisperfarm_contract.audit import Actor
from whisperfarm_contract.permissions import Permission
from whisperfarm_contract.problems import PermissionDenied, Problem
from whisperfarm_dispatcher.submission.daily_quota import NO_QUOTA, DailyQuota, KeyQuota
from whisperfarm_store import events
from whisperfarm_store.events.access import RefusalReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The tenant of a request's key or token, and what it permits.

    `grant` names the source of the permissions for messages. `key_id` is that of a key of the
    ledger, or with `is_subject` stands for the subject of a token or a name of a
    certificate. `key_name`, `rate_limit` and `quota` are those of a key of the ledger, and `role`
    is that of a key that has one.
    """

    tenant: str
    grant: str
    permissions: frozenset[Permission]
    key_id: str = ""
    is_subject: bool = False
    key_name: str = ""
    rate_limit: str | None = None
    role: str = ""
    quota: DailyQuota = NO_QUOTA

    @property
    def author(self) -> str:
        """Who the caller is, for what it stores: a key, the subject of a token or certificate,
        the role of keys in the settings, or `farm` on a farm without keys."""
        if self.is_subject:
            return self.key_id
        if self.key_id:
            return f"key:{self.key_id}"
        return f"role:{self.role}" if self.role else "farm"

    def at(self, request: Request) -> Actor:
        """Return the caller as who makes a change. Behind a proxy, the address is the proxy's."""
        return Actor(self.author, request.client.host if request.client else "")

    @property
    def key_quota(self) -> KeyQuota:
        """The quota of the caller's key."""
        return KeyQuota(key_id=self.key_id or None, quota=self.quota)

    def check_permission(self, permission: Permission) -> None:
        """Raise `PermissionDenied` if the caller does not have the permission."""
        if permission not in self.permissions:
            problem = PermissionDenied(
                f"{self.grant} does not have the permission {permission}; use one that has it"
            )
            raise refused(problem, RefusalReason.DENIED, key=self.key_id, tenant=self.tenant)


def caller_of(request: Request) -> Caller:
    """Return the caller of a request that was authorized."""
    caller: Caller = request.state.caller
    return caller


def refused(problem: Problem, reason: RefusalReason, *, key: str = "", tenant: str = "") -> Problem:
    """Log that a request is refused. Returns the problem, to be raised."""
    events.access.refused.log(reason=reason.value, key=key, tenant=tenant)
    return problem
