"""Problems of the client, and the messages that it prints."""

from whisperfarm_contract.problems import Problem


class OutputUnwritable(Problem):
    """The output file cannot be written."""

    name = "output-unwritable"
    exit_code = 73


class AnswerWrong(Problem):
    """The server at this URL is not a whisperfarm, or its response is invalid."""

    name = "answer-wrong"
    exit_code = 76


class Stopped(BaseException):
    """A signal ended the command. A `BaseException`, so that no `except Exception` catches it."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(number)


def line(problem: Problem, *, about: str = "") -> str:
    """Return the line that reports a problem; `about` names the file, its notes name the job."""
    notes = "".join(f" ({note})" for note in getattr(problem, "__notes__", ()))
    return _line(problem.name, problem.detail, about) + notes


def waiting(reason: str, *, about: str) -> str:
    """Return the line that reports what the command waits for; this is not a failure."""
    return _line("waiting", reason, about)


def _line(name: str, detail: str, about: str) -> str:
    words = f"{about}: {detail}" if about else detail
    return f"whisper-remote: {name}: {' '.join(words.split())}"


def note_job(error: Exception, job_id: str) -> None:
    """Add the job's id to the line of this error, so that the farm's logs can be searched."""
    error.add_note(f"job {job_id}")


def unforeseen(error: Exception) -> Problem:
    """Return an unexpected error as a problem whose detail has the place in the code."""
    import traceback

    last = traceback.extract_tb(error.__traceback__)[-1]
    problem = Problem(f"{type(error).__name__}: {error} ({last.filename}:{last.lineno})")
    for note in getattr(error, "__notes__", ()):
        problem.add_note(note)
    return problem
