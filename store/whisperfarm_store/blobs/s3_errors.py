"""The troubles of an S3 server, in the farm's words.

Callers are not told which bucket it is, nor what the server said: the log is.
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

from whisperfarm_contract.problems import FarmUnavailable, Problem, SettingsWrong, StorageFull
from whisperfarm_store import events

_REFUSALS = {
    "NoSuchBucket": "there is no such bucket; make it, or name another by WHISPERFARM_BLOB_URL",
    "InvalidBucketName": "a bucket can not have that name; see WHISPERFARM_BLOB_URL",
    "InvalidAccessKeyId": "the server does not know the access key",
    "SignatureDoesNotMatch": "the secret key does not belong to the access key",
    "InvalidToken": "the session token is not valid",
    "ExpiredToken": "the session token has expired",
    "AccessDenied": "the credentials may not list, read and write there",
    "RequestTimeTooSkewed": "this machine's clock is wrong",
    "AuthorizationHeaderMalformed": "the region is another; see WHISPERFARM_S3_REGION",
    "PermanentRedirect": "the bucket is in another region; see WHISPERFARM_S3_REGION",
}
_FULL = frozenset({"QuotaExceeded", "XMinioStorageFull", "InsufficientCapacity", "507"})
_UNSIGNED = (NoCredentialsError, PartialCredentialsError, NoRegionError)
NOT_FOUND = frozenset({"NoSuchKey", "404", "NotFound"})
"""The codes of an object that does not exist. `named` passes them on: they may be no failure."""


@contextmanager
def named(where: str, *, at_start: bool = False) -> Iterator[None]:
    """Turn a server that is full, away, or refuses us into a problem that callers know.

    `at_start` a refusal is a wrong setting; later on, somebody is mending the server.
    """
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        code = code_of(error)
        if code in NOT_FOUND and not at_start:
            raise
        events.blobs.error.log(blobs=where, code=code, error=str(error))
        raise _problem(error, code, where, at_start=at_start) from error


def code_of(error: Exception) -> str:
    """What S3 calls the error; empty when it never answered."""
    return str(error.response["Error"].get("Code", "")) if isinstance(error, ClientError) else ""


def _problem(error: Exception, code: str, where: str, *, at_start: bool) -> Problem:
    if code in _FULL:
        return StorageFull("no room is left for recordings; the farm's log says where")
    if at_start and code in _REFUSALS:
        return SettingsWrong(f"WHISPERFARM_BLOB_URL: {where}: {_REFUSALS[code]} ({code})")
    if at_start and isinstance(error, _UNSIGNED):
        return SettingsWrong(
            f"WHISPERFARM_BLOB_URL: {where}: {error}; set WHISPERFARM_S3_ACCESS_KEY_ID and "
            "WHISPERFARM_S3_SECRET_ACCESS_KEY, or give boto3 credentials in its own ways"
        )
    return FarmUnavailable("the blob store can not be reached now; the farm's log says why")
