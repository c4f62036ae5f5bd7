"""The voices of an attempt: those that its tenant has enrolled, and those that its job keeps."""

from collections.abc import Callable, Sequence
from typing import Protocol

from whisperfarm_contract.voices import EnrolledVoice, Voice

ReadEnrolled = Callable[[str], Sequence[EnrolledVoice]]
"""Returns the enrolled voices of a tenant."""


class Voices(Protocol):
    """The port of the stage that names speakers."""

    def enrolled(self) -> Sequence[EnrolledVoice]:
        """Return the voices that the job's tenant has enrolled."""

    def keep(self, voices: Sequence[Voice]) -> None:
        """Keep the voices of the job's speakers, to enrol them later."""


class NoVoices:
    """No voices."""

    def enrolled(self) -> Sequence[EnrolledVoice]:
        return ()

    def keep(self, voices: Sequence[Voice]) -> None:
        """Do nothing."""


class AttemptVoices:
    """The voices of one attempt. The ledger gets those in `kept` with the job's transcript."""

    def __init__(self, read_enrolled: ReadEnrolled, tenant: str) -> None:
        self._read_enrolled = read_enrolled
        self._tenant = tenant
        self.kept: tuple[Voice, ...] = ()

    def enrolled(self) -> Sequence[EnrolledVoice]:
        return self._read_enrolled(self._tenant)

    def keep(self, voices: Sequence[Voice]) -> None:
        self.kept = tuple(voices)
