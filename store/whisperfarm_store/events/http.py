"""Responses of the HTTP API."""

from dataclasses import replace
from logging import DEBUG, INFO

from whisperfarm_store.events.event import DISPATCHER, event


@event(INFO, DISPATCHER)
def responded(
    *,
    method: str,
    route: str,
    path: str,
    status: int,
    took_ms: float,
    job: str = "",
    problem: str = "",
) -> None:
    """A response began. `route` is the path's pattern; `took_ms` includes uploads and waits; `job`
    and `problem` are absent if there are none."""


file_served = replace(
    responded, name="http.file_served", level=DEBUG, meaning="The same, for a file of the page."
)

probed = replace(
    responded, name="http.probed", level=DEBUG, meaning="The same, for a health check."
)
