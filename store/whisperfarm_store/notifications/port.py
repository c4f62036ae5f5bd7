"""The port of wake-ups. They are hints: the ledger alone says how a job stands."""

from typing import Protocol


class Wakeups(Protocol):
    """Tells those who wait for a job that it has ended."""

    def tell(self, job_id: str) -> None:
        """The job has ended. Best effort: never raises, and a lost word only costs time."""

    async def wait(self, job_id: str, timeout_s: float) -> bool:
        """Wait until the job has ended, or for `timeout_s`; whether it has ended, as far as known.

        A job that has ended before answers at once.
        """
