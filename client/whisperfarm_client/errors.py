"""Problems of the client, and the messages that it prints."""

from collections.abc import Callable

from whisperfarm_contract.problems import Problem


class OutputNotWritable(Problem):
    """The output file cannot be written."""

    name = "output-not-writable"
    exit_code = 73


class BadResponse(Problem):
    """The server at this URL is not a whisperfarm, or its response is invalid."""

    name = "bad-response"
    exit_code = 76


class Interrupted(BaseException):
    """A signal ended the command. A `BaseException`, so that no `except Exception` catches it."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(number)


class Stopped(Exception):
    """The run ends; this thread must not begin anything new."""


def format_problem(problem: Problem, *, subject: str = "") -> str:
    """Return the line that reports a problem; `subject` names the file, its notes name the job."""
    notes = "".join(f" ({note})" for note in getattr(problem, "__notes__", ()))
    return _format(problem.name, problem.detail, subject) + notes


def waiting_line(print_error: Callable[[str], None], subject: str) -> Callable[[str], None]:
    """Return a function that prints what the command waits for; this is not a failure."""
    return lambda reason: print_error(_format("waiting", reason, subject))


def format_warning(warning: str, *, subject: str) -> str:
    """Return the line that reports a warning of the transcript; this is not a failure."""
    return _format("warning", warning, subject)


def _format(name: str, detail: str, subject: str) -> str:
    text = f"{subject}: {detail}" if subject else detail
    return f"whisper-remote: {name}: {' '.join(text.split())}"


def attach_job_id(error: Exception, job_id: str) -> None:
    """Add the job's id to the line of this error, so that the farm's logs can be searched."""
    error.add_note(f"job {job_id}")


def unexpected(error: Exception) -> Problem:
    """Return an unexpected error as a problem whose detail has the place in the code."""
    import traceback

    last = traceback.extract_tb(error.__traceback__)[-1]
    problem = Problem(f"{type(error).__name__}: {error} ({last.filename}:{last.lineno})")
    for note in getattr(error, "__notes__", ()):
        problem.add_note(note)
    return problem
