"""A job that the farm has accepted: waits for its end, and cancels it if that cannot be."""

import time
from collections.abc import Mapping
from contextlib import closing, suppress
from typing import Any, NamedTuple

from whisperfarm_client import results
from whisperfarm_client.api import FarmApi
from whisperfarm_client.farm_documents import Job, problem_of
from whisperfarm_client.report import Report
from whisperfarm_client.retried_requests import RetriedRequests
from whisperfarm_client.retry import Retrier
from whisperfarm_client.transport import HttpConnection
from whisperfarm_contract.problems import JobNotPolled, Problem
from whisperfarm_contract.states import JobState

CANCEL_TIMEOUT_S = 2.0
"""Timeout of the request that cancels a job: it delays the end of the command."""


class AcceptedJob(NamedTuple):
    """A job on the farm of the connection."""

    id: str
    farm: FarmApi
    connection: HttpConnection
    report: Report

    def transcript(self, *, silence_text: str | None) -> Mapping[str, Any] | None:
        """Return the transcript of the job once it has ended.

        Returns `None` if the farm has cancelled the job because it was not polled. Raises the
        problem of a job that did not succeed.
        """
        job = self._wait()
        if (job.get("problem") or {}).get("name") == JobNotPolled.name:
            return None
        if job["state"] != JobState.SUCCEEDED:
            raise problem_of(job)
        return results.read(self.farm.result(self.id), silence_text=silence_text)

    def _wait(self) -> Job:
        """Return the finished job; cancel it if waiting ends earlier, for example by a signal."""
        on_progress = self.report.update if self.report.shows_progress else None
        try:
            return self.farm.wait(self.id, on_progress=on_progress)
        except BaseException:
            self._cancel()
            raise

    def _cancel(self) -> None:
        """Request the cancellation of the job, and ignore failures."""
        retrier = Retrier(deadline=time.monotonic() + CANCEL_TIMEOUT_S, connect_timeout_s=0.0)
        with suppress(Problem), closing(self.connection.another()) as connection:
            FarmApi(RetriedRequests(connection), lambda _: retrier, timeout_s=0.0).cancel(self.id)
