"""Checks a job's callback: its address must be allowed and its tenant must have a secret."""

from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.problems import ForbiddenAddress, InvalidOption
from whisperfarm_dispatcher.callbacks.secrets import VARIABLE, SecretRing
from whisperfarm_dispatcher.egress import Networks, read_target


def check(policy: JobPolicy, tenant: str, *, secrets: SecretRing, allowed: Networks) -> None:
    """Raise `ForbiddenAddress` for a forbidden address, and `InvalidOption` if there is no
    secret."""
    if policy.callback_url is None:
        return
    if not secrets.for_tenant(tenant):
        raise InvalidOption(
            f"callback_url: the tenant {tenant!r} has no secret to sign callbacks with; ask the"
            f" operator to set one in {VARIABLE}"
        )
    try:
        read_target(policy.callback_url, allowed)
    except ForbiddenAddress as problem:
        raise ForbiddenAddress(f"callback_url: {problem.detail}") from None
