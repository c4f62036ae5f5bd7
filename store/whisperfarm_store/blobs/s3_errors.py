"""Converts errors of an S3 server to problems.

Bucket names and messages of the server are written to the log and never returned to callers.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
)

from whisperfarm_contract.problems import FarmUnavailable, InvalidSettings, Problem, StorageFull
from whisperfarm_store import events

BLOB_URL = "WHISPERFARM_BLOB_URL"
CONFIG_ERRORS = {
    "NoSuchBucket": "the bucket does not exist; make it, or name another",
    "InvalidBucketName": "the bucket's name is not valid; correct it",
    "InvalidAccessKeyId": "the server does not know the access key",
    "SignatureDoesNotMatch": "the secret key does not belong to the access key",
    "InvalidToken": "the session token is not valid",
    "ExpiredToken": "the session token has expired",
    "AccessDenied": "the credentials do not allow to list, read and write there",
    "RequestTimeTooSkewed": "this machine's clock is wrong",
    "AuthorizationHeaderMalformed": "the region is wrong; set WHISPERFARM_S3_REGION",
    "PermanentRedirect": "the bucket is in another region; set WHISPERFARM_S3_REGION",
}
FULL = frozenset({"QuotaExceeded", "XMinioStorageFull", "InsufficientCapacity", "507"})
NO_CREDENTIALS = (NoCredentialsError, PartialCredentialsError, NoRegionError)
NOT_FOUND = frozenset({"NoSuchKey", "404", "NotFound"})
"""Codes for a missing object. `translate_errors` does not convert them, because they may be
expected."""


@contextmanager
def translate_errors(
    where: str, *, at_start: bool = False, named_by: str = BLOB_URL
) -> Iterator[None]:
    """Convert errors of the server to `StorageFull`, `FarmUnavailable` or `InvalidSettings`.

    A rejected request is `InvalidSettings` `at_start`. Later it is `FarmUnavailable`, because an
    operator is probably changing the server. `named_by` is the setting that names the bucket.
    """
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        code = code_of(error)
        if code in NOT_FOUND and not at_start:
            raise
        events.blobs.error.log(blobs=where, code=code, error=str(error))
        raise _problem(error, code, where, named_by if at_start else None) from error


def code_of(error: Exception) -> str:
    """Return the error's S3 code, or an empty string if the server did not respond."""
    return str(error.response["Error"].get("Code", "")) if isinstance(error, ClientError) else ""


def _problem(error: Exception, code: str, where: str, rejected_in: str | None) -> Problem:
    if code in FULL:
        return StorageFull("the blob store is full; see the farm's log")
    if rejected_in and code in CONFIG_ERRORS:
        return InvalidSettings(f"{rejected_in}: {where}: {CONFIG_ERRORS[code]} ({code})")
    if rejected_in and isinstance(error, NO_CREDENTIALS):
        return InvalidSettings(
            f"{rejected_in}: {where}: {error}; set WHISPERFARM_S3_ACCESS_KEY_ID and "
            "WHISPERFARM_S3_SECRET_ACCESS_KEY, or another source of credentials for boto3"
        )
    return FarmUnavailable("the blob store is unavailable; see the farm's log")
