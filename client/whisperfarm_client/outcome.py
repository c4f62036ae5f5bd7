"""How the transcriptions of a run have ended, and what is printed about it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from whisperfarm_client import errors, terminal
from whisperfarm_client.retry import Retrier
from whisperfarm_contract.problems import FarmUnavailable, Problem


class Outcome(NamedTuple):
    """The end of a transcription. `problem` is `None` if it succeeded.

    `is_farm_unavailable`: the next recordings would fail as well, after the same wait.
    """

    problem: Problem | None
    is_farm_unavailable: bool


Ended = tuple[Sequence[str], Outcome | None]
"""The recordings of a job, and its outcome; `None` if it was not sent."""


def of(problem: Problem | None, retrier: Retrier) -> Outcome:
    """Return the outcome of a transcription with that retrier."""
    is_unreachable = isinstance(problem, FarmUnavailable) and not retrier.is_accepted
    return Outcome(problem, problem is not None and (is_unreachable or retrier.has_given_up))


def conclude(all_ended: Iterable[Ended]) -> int:
    """Print each failure as it comes. Returns 0 or the exit code of the first failure.

    Of several recordings for which the farm is unavailable, one is printed, and the others count as
    not sent.
    """
    exit_code, unsent, unavailable = 0, 0, None
    for paths, outcome in all_ended:
        if outcome is None or (unavailable and outcome.is_farm_unavailable):
            unsent += 1
        elif outcome.problem is not None:
            terminal.print_error(errors.format_problem(outcome.problem, subject=paths[0]))
            exit_code = exit_code or outcome.problem.exit_code
            unavailable = outcome.problem if outcome.is_farm_unavailable else unavailable
    if unavailable and unsent:
        text = "1 more recording was" if unsent == 1 else f"{unsent} more recordings were"
        terminal.print_error(f"whisper-remote: {unavailable.name}: {text} not sent")
    return exit_code
