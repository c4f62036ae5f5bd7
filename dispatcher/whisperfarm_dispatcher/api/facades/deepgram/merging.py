"""Merges options of the job that parameters name."""

from collections.abc import Mapping

from whisperfarm_contract.problems import ClientError


def merged(*groups: Mapping[str, str]) -> Mapping[str, str]:
    """Return the options of all groups. Raises `ClientError` if two name the same one."""
    options: dict[str, str] = {}
    for group in groups:
        for name in group.keys() & options.keys():
            raise ClientError(f"{name}: the option is given twice, under two names")
        options |= group
    return options
