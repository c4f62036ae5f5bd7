"""Transcripts in a bucket: keys, and what a failure of the server means."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from whisperfarm.batch.destinations.bucket import Bucket
from whisperfarm.batch.destinations.rejected import Rejected
from whisperfarm_client.errors import OutputNotWritable
from whisperfarm_contract.problems import AddressUnreachable, InvalidOption, StorageFull

UNREACHABLE = EndpointConnectionError(endpoint_url="http://s3")


def error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}}, "PutObject")


class Client:
    """A client of S3 whose requests fail as a test says."""

    def __init__(self, on_put: Exception, on_head: Exception | None = None) -> None:
        self._on_put = on_put
        self._on_head = on_head

    def put_object(self, **_: Any) -> None:
        raise self._on_put

    def head_bucket(self, **_: Any) -> None:
        if self._on_head is not None:
            raise self._on_head


@pytest.mark.parametrize(
    ("client", "problem"),
    [
        (Client(UNREACHABLE), AddressUnreachable),
        (Client(error("SlowDown")), AddressUnreachable),
        (Client(error("InternalError"), error("500")), AddressUnreachable),
        (Client(error("InternalError")), Rejected),
        (Client(error("KeyTooLongError")), Rejected),
        (Client(error("AccessDenied")), InvalidOption),
        (Client(error("NoSuchBucket")), InvalidOption),
        (Client(NoCredentialsError()), InvalidOption),
        (Client(error("QuotaExceeded")), StorageFull),
    ],
)
def test_failure_is_that_of_one_object_or_of_all(client: Client, problem: type[Exception]) -> None:
    with pytest.raises(problem, match=r"s3://b/p/a\.json"):
        Bucket(client, "b", "p/").write("s3://b/p/a.json", b"")


@pytest.mark.parametrize("name", ["x" * 1025, "caf\udce9.json"])
def test_impossible_key_is_refused_before_anything_is_sent(name: str) -> None:
    bucket = Bucket(None, "b", "")
    with pytest.raises(OutputNotWritable):
        bucket.check_writable([bucket.path(name)])


def test_longest_key_is_possible() -> None:
    bucket = Bucket(None, "b", "p/")
    bucket.check_writable([bucket.path("ü" * 511)])
