"""Which jobs are sent to the hub."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import InvalidSettings

VARIABLE = "WHISPERFARM_HUB_JOBS"
_KINDS = ("preset", "quality", "tenant")


@dataclass(frozen=True, slots=True)
class Selection:
    """The values that a job may have, by kind. A kind without values takes all jobs."""

    values: Mapping[str, frozenset[str]]

    def matches(self, job: Job) -> bool:
        """Whether the job is sent."""
        found = {"preset": job.preset, "quality": job.options.quality, "tenant": job.tenant}
        return all(found[kind] in values for kind, values in self.values.items())


def read_selection(entries: tuple[str, ...]) -> Selection:
    """Parse the setting: entries such as `preset=fast`. Raises `InvalidSettings`."""
    values: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        kind, _, value = (text.strip() for text in entry.partition("="))
        if kind not in _KINDS or not value:
            raise InvalidSettings(
                f"{VARIABLE}: {entry!r} selects no jobs; write preset=, quality= or tenant= and a"
                " name"
            )
        values[kind].add(value)
    return Selection({kind: frozenset(names) for kind, names in values.items()})
