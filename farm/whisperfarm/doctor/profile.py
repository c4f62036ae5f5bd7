"""Checks the farm's profile."""

from collections.abc import Iterator

from whisperfarm.doctor.finding import Finding, ok, warn
from whisperfarm.profile_table import profile_notes
from whisperfarm_worker.settings import WorkerSettings


def profile(settings: WorkerSettings) -> Iterator[Finding]:
    """Yield a note for each key of the profile without effect, and each model that is replaced."""
    if settings.profile is None:
        return
    found = profile_notes(settings)
    yield from (warn("profile", text) for text in found)
    if not found:
        yield ok("profile", f"every name in {settings.profile} can be had")
