"""Retries of a source: how many, and after which pauses."""

from urllib3.exceptions import MaxRetryError
from urllib3.util import Retry

from whisperfarm_contract.problems import SourceFailed
from whisperfarm_models.sources.port import SourceBroke

BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})


def patience(*, tries: int = 6, backoff_s: float = 0.5) -> Retry:
    """Return growing pauses with jitter, of at most 30 s. `Retry-After` is respected."""
    return Retry(
        total=tries,
        backoff_factor=backoff_s,
        backoff_max=30,
        backoff_jitter=backoff_s,
        status_forcelist=BUSY,
        allowed_methods={"GET", "HEAD"},
        raise_on_status=False,
    )


def after(broke: SourceBroke, left: Retry, *, source: str) -> Retry:
    """Sleep after a failure. Returns the remaining retries; raises `SourceFailed` without any."""
    try:
        left = left.increment(method="GET", url=source, error=broke)
    except (MaxRetryError, SourceBroke) as error:
        raise SourceFailed(f"{source} failed after all retries: {broke}") from error
    left.sleep()
    return left
