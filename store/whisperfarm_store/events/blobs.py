"""The blob store."""

from logging import INFO, WARNING

from whisperfarm_store.events.event import BOTH, DISPATCHER, event


@event(WARNING, BOTH)
def error(*, blobs: str, code: str, error: str) -> None:
    """A request to S3 failed; `code` is S3's, and empty if it did not answer."""


@event(WARNING, BOTH)
def unavailable(*, error: str) -> None:
    """The blob store could not be reached at the start; the process starts all the same."""


@event(WARNING, BOTH)
def folder_missing(*, folder: str) -> None:
    """The folder of the blob store does not exist, for example because a mount is missing."""


@event(WARNING, BOTH)
def disk_full(*, folder: str, error: str) -> None:
    """There is no space for a blob."""


@event(INFO, BOTH)
def read_retried(*, blobs: str, error: str) -> None:
    """Reading a blob from S3 was interrupted, and goes on with a new request."""


@event(INFO, BOTH)
def cleanup_failed(*, error: str) -> None:
    """Abandoned uploads could not be listed or aborted; a later cleanup does it."""


@event(INFO, BOTH)
def upload_aborted(*, key: str) -> None:
    """A cleanup aborted an upload that a process had left unfinished."""


@event(WARNING, BOTH)
def upload_abort_failed(*, key: str, error: str) -> None:
    """An upload that failed could not be aborted; a later cleanup does it."""


@event(WARNING, BOTH)
def encryption_key_missing(*, key: str, key_id: str) -> None:
    """The blob `key` is encrypted with the master key `key_id`, which the process does not have."""


@event(WARNING, BOTH)
def damaged(*, key: str, reason: str) -> None:
    """An encrypted blob is not what was written: the store lost a part of it, or it was changed; or
    one is not encrypted although the settings require it."""


@event(WARNING, DISPATCHER)
def orphan_deleted(*, key: str) -> None:
    """A blob that belongs to no job was deleted."""
