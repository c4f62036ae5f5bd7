"""Which failure of a request to a bucket ends the run."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from whisperfarm_contract.problems import AddressUnreachable, InvalidOption, Problem, StorageFull
from whisperfarm_store.blobs.s3_errors import CONFIG_ERRORS, FULL, NO_CREDENTIALS, code_of

_BUSY = frozenset({"SlowDown", "ServiceUnavailable", "RequestTimeout", "503", "429"})


@contextmanager
def at_start(name: str) -> Iterator[None]:
    """Raise `InvalidOption` or `AddressUnreachable` for an error of the block."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        if isinstance(error, (ClientError, *NO_CREDENTIALS)):
            raise InvalidOption(f"{name} cannot be used: {error}") from error
        raise unreachable(error, name) from error


def problem_of(error: Exception, path: str) -> Problem | None:
    """Return the problem of all objects, or `None` if it may be that of this one."""
    code = code_of(error)
    if code in CONFIG_ERRORS or isinstance(error, NO_CREDENTIALS):
        return InvalidOption(f"{path} cannot be written: {error}")
    if code in FULL:
        return StorageFull(f"{path} cannot be written: {error}")
    if code in _BUSY or not isinstance(error, ClientError):
        return unreachable(error, path)
    return None


def unreachable(error: Exception, path: str) -> AddressUnreachable:
    """Return the problem that a retry may solve."""
    return AddressUnreachable(f"{path} cannot be written: {error}")
