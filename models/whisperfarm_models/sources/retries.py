"""Retries of a source: how many, and after which pauses."""

from urllib3.exceptions import MaxRetryError
from urllib3.util import Retry

from whisperfarm_contract.problems import ModelSourceError
from whisperfarm_models.sources.port import TransientSourceError

RETRYABLE_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})


def default_retry(*, max_retries: int = 6, backoff_s: float = 0.5) -> Retry:
    """Return growing pauses with jitter, of at most 30 s. `Retry-After` is respected."""
    return Retry(
        total=max_retries,
        backoff_factor=backoff_s,
        backoff_max=30,
        backoff_jitter=backoff_s,
        status_forcelist=RETRYABLE_STATUSES,
        allowed_methods={"GET", "HEAD"},
        raise_on_status=False,
    )


def next_retry(failure: TransientSourceError, retries_left: Retry, *, source: str) -> Retry:
    """Sleep after a failure. Returns the remaining retries; raises `ModelSourceError` without
    any."""
    try:
        retries_left = retries_left.increment(method="GET", url=source, error=failure)
    except (MaxRetryError, TransientSourceError) as error:
        raise ModelSourceError(f"{source} failed after all retries: {failure}") from error
    retries_left.sleep()
    return retries_left
