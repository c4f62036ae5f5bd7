"""What Flower shows of a task: the preset, and nothing about the content of the job."""

from typing import Any

from whisperfarm_contract import identifiers


def summarize(task: Any) -> Any:
    """Reduce a task of Celery's state to what is shown. Its id is the id of the job."""
    queue = getattr(task, "routing_key", None) or ""
    preset = queue.removeprefix(identifiers.queue_name(""))
    if preset and preset != queue:
        task.name = f"transcribe {preset}"
    # The only argument is the id again; results and errors of jobs must not be shown.
    task.args = task.kwargs = task.result = ""
    return task
