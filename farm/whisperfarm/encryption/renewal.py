"""Encrypts all blobs of a store with the first key. What is left follows from the blobs alone, so
that a run that was killed is continued by the next one."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from whisperfarm.parallel import map_parallel
from whisperfarm.progress import Progress
from whisperfarm_contract.problems import Problem
from whisperfarm_store.blobs import BlobDamaged, EncryptionKeyMissing
from whisperfarm_store.blobs.encryption import EncryptedBlobs, renew


@dataclass(slots=True)
class Renewal:
    """The encryption of all blobs, with counts of those that were written or cannot be read."""

    blobs: EncryptedBlobs
    progress: Progress = field(default_factory=lambda: Progress("checked", "blobs"))
    renewed: int = 0
    unreadable: int = 0

    def summary(self) -> str:
        """Return the counts as a line."""
        return (
            f"{self.progress.count} blobs: {self.renewed} encrypted with the key"
            f" {self.blobs.keyring.first_id}, {self.unreadable} cannot be read"
        )

    def run(self) -> Iterator[Problem]:
        """Encrypt what is left, and yield the problem of each blob that cannot be read."""
        for outcome in map_parallel(self._renew, self.blobs.keys()):
            self.progress.advance()
            if isinstance(outcome, Problem):
                self.unreadable += 1
                yield outcome
            else:
                self.renewed += outcome

    def _renew(self, key: str) -> bool | Problem:
        try:
            return renew(self.blobs, key)
        except (BlobDamaged, EncryptionKeyMissing) as problem:
            return problem
