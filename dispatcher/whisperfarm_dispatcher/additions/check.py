"""Checks that the farm has the additions that a job asks for."""

from collections.abc import Collection

from whisperfarm_contract.additions import names_of
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.problems import InvalidOption


def check(policy: JobPolicy, known: Collection[str]) -> None:
    """Raise `InvalidOption` with the known names for an addition that the farm does not have."""
    for name in names_of(policy.additions):
        if name not in known:
            available = ", ".join(sorted(known)) or "none"
            raise InvalidOption(
                f"additions: this farm has no addition {name!r}; it has: {available}"
            )
