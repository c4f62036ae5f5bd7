"""Lines that the command prints for its operator: text, or JSON with the log's format.

The libraries of logs are imported for JSON alone, so that a command starts fast.
"""

import os

from whisperfarm import output
from whisperfarm_contract.problems import Problem


def report_line(line: str) -> None:
    """Print a line about the farm on standard error."""
    if _prints_json():
        from whisperfarm_store import events

        events.farm.reported.log(message=line)
    else:
        output.print_line(f"whisperfarm: {line}", err=True)


def report_problem(problem: Problem) -> None:
    """Print the problem that ends the command on standard error."""
    if _prints_json():
        from whisperfarm_store import events

        events.farm.failed.log(problem=problem.name, detail=problem.detail)
    else:
        output.print_line(f"whisperfarm: {problem.name}: {problem.detail}", err=True)


def _prints_json() -> bool:
    """Whether lines are JSON. The settings cannot answer this: they may be the problem."""
    if os.environ.get("WHISPERFARM_LOG_FORMAT") != "json":
        return False
    import structlog

    from whisperfarm_store.logs import configure_logs

    if not structlog.is_configured():
        configure_logs(format="json", component="farm")
    return True
