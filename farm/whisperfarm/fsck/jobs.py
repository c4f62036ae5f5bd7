"""Checks the blobs that jobs need."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from whisperfarm.fsck.contents import noun, wrong_content
from whisperfarm.fsck.inconsistency import Inconsistency, Kind
from whisperfarm.fsck.presence import is_present
from whisperfarm.parallel import map_parallel
from whisperfarm.progress import Progress
from whisperfarm_store.blobs import (
    BlobDamaged,
    BlobNotEncrypted,
    BlobNotFound,
    Blobs,
    EncryptionKeyMissing,
)
from whisperfarm_store.ledger import BlobReference, Ledger

JOBS_PER_PAGE = 500
SECOND_LOOK_AFTER_S = 2.0
"""Retention marks a deleted blob in the ledger within this time."""


@dataclass(slots=True)
class JobCheck:
    """Check of the blobs of all jobs. With `verify`, it reads them. `intact` counts good blobs."""

    ledger: Ledger
    blobs: Blobs
    verify: bool
    progress: Progress
    pause: Callable[[float], object] = time.sleep
    intact: int = 0

    def run(self) -> Iterator[Inconsistency]:
        """Yield what is missing or wrong, while the farm may run."""
        for references in self.ledger.blob_references.pages(jobs_per_page=JOBS_PER_PAGE):
            page = [one for one in references if self._is_expected(one)]
            suspects = [reference for reference, found in self._assess_all(page) if found]
            self.progress.advance(len(page))
            self.intact += len(page) - len(suspects)
            if suspects:
                yield from self._look_again(suspects)

    def _is_expected(self, reference: BlobReference) -> bool:
        return not reference.is_optional or is_present(self.blobs, reference.key)

    def _look_again(self, suspects: list[BlobReference]) -> Iterator[Inconsistency]:
        """Yield what is wrong still: a job may have been deleted between ledger and blob store."""
        self.pause(SECOND_LOOK_AFTER_S)
        present = self.ledger.blob_references.of_jobs({suspect.job_id for suspect in suspects})
        needed = [one for one in suspects if one in present and self._is_expected(one)]
        yield from (found for _, found in self._assess_all(needed) if found)

    def _assess_all(
        self, references: list[BlobReference]
    ) -> Iterator[tuple[BlobReference, Inconsistency | None]]:
        return zip(references, map_parallel(self._assess, references), strict=True)

    def _assess(self, reference: BlobReference) -> Inconsistency | None:
        try:
            return self._compare(reference)
        except BlobNotEncrypted as problem:
            return _found(Kind.PLAIN, reference, problem.detail)
        except (BlobDamaged, EncryptionKeyMissing) as problem:
            return _found(Kind.CHANGED, reference, problem.detail)

    def _compare(self, reference: BlobReference) -> Inconsistency | None:
        size = self.blobs.size(reference.key)
        if size is None:
            return _found(Kind.MISSING, reference, f"the {noun(reference)} is not in the store")
        if reference.size_bytes not in {None, size}:
            detail = f"{size} bytes instead of {reference.size_bytes}"
            return _found(Kind.WRONG_SIZE, reference, detail)
        return self._assess_content(reference) if self.verify else None

    def _assess_content(self, reference: BlobReference) -> Inconsistency | None:
        try:
            with self.blobs.open(reference.key) as file:
                detail = wrong_content(reference, file)
        except BlobNotFound:
            return _found(Kind.MISSING, reference, f"the {noun(reference)} is not in the store")
        return _found(Kind.CHANGED, reference, detail) if detail else None


def _found(kind: Kind, reference: BlobReference, detail: str) -> Inconsistency:
    return Inconsistency(kind, reference.key, reference.job_id, detail)
