"""What can go wrong on this side of the wire, beside the problems that the farm tells of."""

from whisperfarm_contract.problems import Problem


class OutputUnwritable(Problem):
    """The output file can not be written."""

    name = "output-unwritable"
    exit_code = 73


class AnswerWrong(Problem):
    """What answers at that URL does not speak as a farm does."""

    name = "answer-wrong"
    exit_code = 76


class Stopped(BaseException):
    """A signal asked the command to end. Not an `Exception`: nothing on the way may catch it."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(number)


def line(problem: Problem, *, about: str = "") -> str:
    """The one line that tells of a problem; `about` names the file, notes of it name the job."""
    notes = "".join(f" ({note})" for note in getattr(problem, "__notes__", ()))
    return _line(problem.name, problem.detail, about) + notes


def waiting(reason: str, *, about: str) -> str:
    """The one line that tells what the command waits for; it is no failure yet."""
    return _line("waiting", reason, about)


def _line(name: str, detail: str, about: str) -> str:
    words = f"{about}: {detail}" if about else detail
    return f"whisper-remote: {name}: {' '.join(words.split())}"


def note_job(error: Exception, job_id: str) -> None:
    """Have the line of this error name the job, by which the farm's logs can be searched."""
    error.add_note(f"job {job_id}")


def unforeseen(error: Exception) -> Problem:
    """An error that nobody thought of, as a problem that says where in the code it came from."""
    import traceback

    last = traceback.extract_tb(error.__traceback__)[-1]
    problem = Problem(f"{type(error).__name__}: {error} ({last.filename}:{last.lineno})")
    for note in getattr(error, "__notes__", ()):
        problem.add_note(note)
    return problem
