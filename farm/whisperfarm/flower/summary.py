"""What Flower's pages say of a task: for which preset it is, and nothing that the job is about."""

from typing import Any

from whisperfarm_contract import identifiers


def summarized(task: Any) -> Any:
    """A task of Celery's state, as it is to be shown. Its id is the job's."""
    queue = getattr(task, "routing_key", None) or ""
    preset = queue.removeprefix(identifiers.queue(""))
    if preset and preset != queue:
        task.name = f"transcribe {preset}"
    # The one argument is the id again; nothing else is ever to be seen here.
    task.args = task.kwargs = task.result = ""
    return task
