"""The analyses that the setting `WHISPERFARM_ADDITIONS` names.

Each entry is `<name>=<http or https URL>`, or `<name>` alone for the Python function of that name
in the entry points `whisperfarm.additions` of an installed package.
"""

from collections.abc import Iterable, Mapping
from importlib.metadata import entry_points

from whisperfarm_contract.additions import NAME
from whisperfarm_contract.problems import ForbiddenAddress, InvalidSettings
from whisperfarm_dispatcher.egress import ALL_NETWORKS, read_target

VARIABLE = "WHISPERFARM_ADDITIONS"
GROUP = "whisperfarm.additions"


def read_targets(entries: Iterable[str]) -> Mapping[str, str]:
    """Return the URL of each addition by its name; empty for an entry point.

    Raises `InvalidSettings` for what cannot be read, and for an entry point that is not installed.
    """
    targets: dict[str, str] = {}
    for number, entry in enumerate(entries, start=1):
        name, _, url = (part.strip() for part in entry.partition("="))
        if not NAME.fullmatch(name) or name in targets:
            raise InvalidSettings(
                f"{VARIABLE}, entry {number}: give each addition its own name of lower-case"
                " letters, digits, - and _, as in summary=https://analysis.example/summary"
            )
        _check(name, url, number)
        targets[name] = url
    return targets


def _check(name: str, url: str, number: int) -> None:
    if url:
        try:
            read_target(url, ALL_NETWORKS)
        except ForbiddenAddress as problem:
            raise InvalidSettings(f"{VARIABLE}, entry {number}: {problem.detail}") from None
    elif not entry_points(group=GROUP, name=name):
        raise InvalidSettings(
            f"{VARIABLE}, entry {number}: no installed package has {name!r} among its entry points"
            f" {GROUP!r}; install it, or name a URL with {name}=https://..."
        )
