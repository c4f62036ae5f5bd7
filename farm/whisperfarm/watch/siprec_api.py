"""Client of SIPREC's API: has SIPREC transcribe a finished recording through its own provider.

The request is that of loreste/siprec, `pkg/http/stt_handlers.go`.
"""

from collections.abc import Callable

import urllib3
from urllib3.exceptions import HTTPError
from urllib3.util import Retry, Timeout

from whisperfarm_contract.printable import printable

_PATH = "/api/stt/submit"
_TIMEOUT = Timeout(connect=5, read=30)
_RETRY = Retry(
    total=4,
    redirect=False,  # the token is for this server alone
    backoff_factor=0.5,
    backoff_max=10,
    backoff_jitter=0.5,
    status_forcelist={408, 425, 429, 500, 502, 503, 504},
    allowed_methods={"POST"},
    respect_retry_after_header=False,  # a thread of the watcher waits
    raise_on_status=False,
)
_MAX_SHOWN_BYTES = 200
_SUCCESSES = range(200, 300)


class SubmissionFailed(Exception):
    """SIPREC did not accept the recording; the message says why."""


class SiprecApi:
    """The API of one SIPREC server. `token` is called for each request; `None` sends none."""

    def __init__(
        self, url: str, *, token: Callable[[], str] | None = None, retry: Retry = _RETRY
    ) -> None:
        self._url = f"{url.rstrip('/')}{_PATH}"
        self._token = token
        self._pool = urllib3.PoolManager(timeout=_TIMEOUT, retries=retry)

    def submit(self, audio_path: str, call_uuid: str, provider: str) -> None:
        """Have a file of the recording folder transcribed. Raises `SubmissionFailed`."""
        body = {"audio_path": audio_path, "call_uuid": call_uuid, "provider": provider}
        headers = {"User-Agent": "whisperfarm"}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token()}"
        try:
            answer = self._pool.request(
                "POST", self._url, json=body, headers=headers, redirect=False, preload_content=False
            )
            shown = answer.read(_MAX_SHOWN_BYTES)
            answer.close()
        except (HTTPError, OSError) as error:
            raise SubmissionFailed(f"SIPREC cannot be reached: {type(error).__name__}") from error
        if answer.status not in _SUCCESSES:
            text = printable(" ".join(shown.decode(errors="replace").split()))
            raise SubmissionFailed(f"SIPREC answers {answer.status} to POST {_PATH}: {text}")
