"""A bucket of S3 whose objects cannot be changed or deleted for a time."""

from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from botocore.exceptions import ClientError

from whisperfarm_store.blobs.s3_errors import NOT_FOUND, code_of, translate_errors

_EXISTS = frozenset({"PreconditionFailed", "412"})


class Target(Protocol):
    """Where roots are kept. Raises a `Problem` while it is unavailable."""

    def size(self, key: str) -> int | None:
        """Return the size in bytes, or `None` if there is no such file."""

    def put(self, key: str, data: bytes) -> None:
        """Write a file durably."""


class LockedBucket:
    """A bucket of S3. Objects are locked for `lock_days`, which the bucket must allow; 0: not.

    An object is never written twice. `client` is boto3's.
    """

    def __init__(self, client: Any, *, bucket: str, prefix: str, lock_days: int) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._lock_days = lock_days

    def size(self, key: str) -> int | None:
        try:
            with translate_errors(self._where):
                found = self._client.head_object(Bucket=self._bucket, Key=self._prefix + key)
        except ClientError as error:
            if code_of(error) in NOT_FOUND:
                return None
            raise
        return int(found["ContentLength"])

    def put(self, key: str, data: bytes) -> None:
        location = {"Bucket": self._bucket, "Key": self._prefix + key}
        with translate_errors(self._where):
            try:
                self._client.put_object(**location, Body=data, IfNoneMatch="*", **self._lock())
            except ClientError as error:
                if code_of(error) not in _EXISTS:  # another dispatcher has written it
                    raise

    @property
    def _where(self) -> str:
        return f"s3://{self._bucket}/{self._prefix}"

    def _lock(self) -> dict[str, Any]:
        if not self._lock_days:
            return {}
        return {
            "ObjectLockMode": "COMPLIANCE",
            "ObjectLockRetainUntilDate": datetime.now(UTC) + timedelta(days=self._lock_days),
            "ChecksumAlgorithm": "SHA256",  # S3 refuses a lock without a digest of the body
        }
