"""Checks a job's callback: its address must be allowed and its tenant must have a secret."""

from whisperfarm_contract.job_policy import Terms
from whisperfarm_contract.problems import AddressRefused, OptionWrong
from whisperfarm_dispatcher.callbacks.secrets import VARIABLE, SecretRing
from whisperfarm_dispatcher.egress import Networks, read_target


def check(terms: Terms, tenant: str, *, secrets: SecretRing, allowed: Networks) -> None:
    """Raise `AddressRefused` for a forbidden address, and `OptionWrong` if there is no secret."""
    if terms.callback_url is None:
        return
    if not secrets.of(tenant):
        raise OptionWrong(
            f"callback_url: the tenant {tenant!r} has no secret to sign callbacks with; ask the"
            f" operator to set one in {VARIABLE}"
        )
    try:
        read_target(terms.callback_url, allowed)
    except AddressRefused as problem:
        raise AddressRefused(f"callback_url: {problem.detail}") from None
