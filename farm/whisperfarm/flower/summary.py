"""What Flower shows of a task: nothing about the content of the job."""

from typing import Any


def summarize(task: Any) -> Any:
    """Reduce a task of Celery's state to what is shown. Its id is the id of the job."""
    # The only argument is the id again; results and errors of jobs must not be shown.
    task.args = task.kwargs = task.result = ""
    return task
