"""Counters that begin at 0: Prometheus sees no increase in the first value that it ever gets, and
an alert would sleep through the first failure."""

from collections.abc import Iterable
from itertools import product

from whisperfarm_contract.outcomes import AttemptOutcome
from whisperfarm_contract.problems import PROBLEMS
from whisperfarm_contract.states import FINAL
from whisperfarm_store.metrics import definitions
from whisperfarm_store.metrics.registry import Meters

FAILURES = (
    "attempts-spent",
    "audio-too-long",
    "audio-unreadable",
    "audio-without-sound",
    "deadline-passed",
    "engine-failed",
    "farm-fault",
    "job-quarantined",
)
"""What jobs usually fail for; others appear when they happen."""


def begin(meters: Meters, *, presets: Iterable[str], tenants: Iterable[str]) -> None:
    """Let the counters that alerts watch begin, for these presets and tenants."""
    served = tuple(presets)
    for preset, tenant, state in product(served, tenants, FINAL):
        meters.begin(definitions.JOBS_ENDED, preset=preset, tenant=tenant, state=state.value)
    for preset, problem in product(served, FAILURES):
        meters.begin(definitions.JOBS_FAILED, preset=preset, problem=problem)
    for preset, ended in product(served, AttemptOutcome):
        meters.begin(definitions.ATTEMPTS, preset=preset, outcome=ended.value)
    for problem in PROBLEMS:
        meters.begin(definitions.REFUSED, problem=problem)
    for outcome in ("delivered", "again", "given_up"):
        meters.begin(definitions.CALLBACKS, outcome=outcome)
    for outcome in ("hit", "miss"):
        meters.begin(definitions.RESULT_CACHE, outcome=outcome)
        meters.begin(definitions.MODEL_CACHE, outcome=outcome)
    for status in ("success", "error"):
        meters.begin(definitions.WHISPERX_TOTAL, engine="whisperx", status=status)
