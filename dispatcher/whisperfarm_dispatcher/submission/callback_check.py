"""Which callbacks the farm promises: those that it may make and can sign."""

from whisperfarm_contract.job_policy import Terms
from whisperfarm_contract.problems import AddressRefused, OptionWrong
from whisperfarm_dispatcher.callbacks.secrets import VARIABLE, SecretRing
from whisperfarm_dispatcher.egress import Networks, read_target


def check(terms: Terms, tenant: str, *, secrets: SecretRing, allowed: Networks) -> None:
    """Raises `AddressRefused`, or `OptionWrong` where there is no secret to sign with."""
    if terms.callback_url is None:
        return
    if not secrets.of(tenant):
        raise OptionWrong(
            f"callback_url: this farm has no secret to sign callbacks to {tenant!r} with; the"
            f" operator sets one by {VARIABLE}"
        )
    try:
        read_target(terms.callback_url, allowed)
    except AddressRefused as problem:
        raise AddressRefused(f"callback_url: {problem.detail}") from None
