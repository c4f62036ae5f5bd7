"""HTTP client for files: byte ranges, retries, and the environment's proxy."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.util import Retry, Timeout

from whisperfarm_contract.problems import ModelMissing, SourceFailed
from whisperfarm_models.sources.port import SourceBroke
from whisperfarm_models.sources.retries import BUSY, patience

_CHUNK_BYTES = 2**20
_TIMEOUT = Timeout(connect=15, read=60)
_PARTIAL = 206
_CONNECTIONS = 64


class Web:
    """Client for GET requests to one server and those that it redirects to. Thread-safe.

    `token` is sent only to the server itself.
    """

    def __init__(self, address: str, *, token: str | None, retries: Retry | None = None) -> None:
        self.address = address.rstrip("/")
        headers = {"Accept-Encoding": "identity", "User-Agent": "whisperfarm"}
        if token:
            _keep_secret(self.address)
            headers["Authorization"] = f"Bearer {token}"
        self._headers = headers
        self._pool = _pool(self.address)
        self._retries = patience() if retries is None else retries

    def json(self, path: str) -> tuple[Any, str | None]:
        """Get a JSON document. Returns it and the path of the next page, if there is one.

        Raises `SourceFailed` and `ModelMissing`.
        """
        try:
            answer = self._ask(f"{self.address}{path}", {}, stream=False)
        except SourceBroke as error:
            raise SourceFailed(str(error)) from error
        try:
            return answer.json(), _next_page(answer.headers.get("Link", ""), self.address)
        except ValueError as error:
            raise SourceFailed(
                f"{self.address}{path} did not return JSON; set WHISPERFARM_MODELS_HUB_URL to a hub"
            ) from error

    @contextmanager
    def read(self, url: str, *, start: int) -> Iterator[Iterator[bytes]]:
        """Read from byte `start` on. Raises like `Source.read`."""
        wanted = {"Range": f"bytes={start}-"} if start else {}
        answer = self._ask(url, wanted, stream=True)
        try:
            if start and answer.status != _PARTIAL:  # a server without ranges sends the whole file
                _skip(answer, start)
            yield _chunks(answer, url)
        except HTTPError as error:
            raise SourceBroke(f"{url}: {error}") from error
        finally:
            # Not returned to the pool: unread bytes would be taken for the next response.
            answer.close()

    def close(self) -> None:
        self._pool.clear()

    def _ask(self, url: str, wanted: dict[str, str], *, stream: bool) -> Any:
        # Other servers must not receive the token.
        own = self._headers if url.startswith(f"{self.address}/") else {}
        try:
            answer = self._pool.request(
                "GET",
                url,
                headers={**own, **wanted},
                preload_content=not stream,
                decode_content=False,
                retries=self._retries,
                timeout=_TIMEOUT,
            )
        except MaxRetryError as error:
            raise SourceFailed(f"cannot reach {url}: {error.reason}") from error
        except HTTPError as error:
            raise SourceFailed(f"cannot reach {url}: {error}") from error
        try:
            _check_status(answer.status, url)
        except BaseException:
            answer.close()
            raise
        return answer


def _check_status(status: int, url: str) -> None:
    if status in {401, 403}:
        raise SourceFailed(
            f"{url} denies access ({status}); accept the model's conditions there, and set HF_TOKEN"
            " to a token"
        )
    if status in {404, 410}:
        raise ModelMissing(f"{url} does not exist ({status})")
    if status in BUSY:
        raise SourceBroke(f"{url} answered {status}")
    if status not in {200, _PARTIAL}:
        raise SourceFailed(f"{url} answered {status}")


def _chunks(answer: Any, url: str) -> Iterator[bytes]:
    try:
        yield from answer.stream(_CHUNK_BYTES, decode_content=False)
    except HTTPError as error:
        raise SourceBroke(f"{url}: {error}") from error


def _skip(answer: Any, count: int) -> None:
    while count > 0 and (read := answer.read(min(count, _CHUNK_BYTES), decode_content=False)):
        count -= len(read)


def _next_page(link: str, address: str) -> str | None:
    """Return the path of a `Link` header's next page, if it is on the same server."""
    for part in link.split(","):
        url, _, relation = part.partition(";")
        path = url.strip(" <>")
        if 'rel="next"' in relation and path.startswith(f"{address}/"):
            return path.removeprefix(address)
    return None


def _keep_secret(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise SourceFailed(
            f"HF_TOKEN would be sent to {address} unencrypted; use https, or unset it"
        )


def _pool(address: str) -> Any:
    parts = urlsplit(address)
    proxy = getproxies().get(parts.scheme)
    if proxy and not proxy_bypass(parts.hostname or ""):
        return urllib3.ProxyManager(proxy, maxsize=_CONNECTIONS)
    return urllib3.PoolManager(maxsize=_CONNECTIONS)
