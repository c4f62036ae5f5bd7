"""The interface of notifications. They are hints: only the ledger has the state of a job."""

from typing import Protocol


class Notifications(Protocol):
    """Notifications for callers that wait for the end of a job.

    `notify` may be called from several threads and in other processes than `wait`. All calls of
    `wait` belong to one event loop.
    """

    def notify(self, job_id: str) -> None:
        """Notify waiting callers, in all processes, that the job has ended.

        Best effort: never raises. A lost notification only delays the caller until the next poll
        of the ledger.
        """

    async def wait(self, job_id: str, timeout_s: float) -> bool:
        """Wait until the job has ended, at most `timeout_s` seconds.

        Returns True as soon as it has ended, also if that was before the call, and False after the
        timeout. False may be wrong while the ledger is unavailable, which does not raise.
        """
