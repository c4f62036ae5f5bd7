"""HTTP client for files: byte ranges, retries, and the environment's proxy."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.util import Retry, Timeout

from whisperfarm_contract.problems import MissingModel, ModelSourceError
from whisperfarm_models.sources.port import TransientSourceError
from whisperfarm_models.sources.retries import RETRYABLE_STATUSES, default_retry

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
            _require_https(self.address)
            headers["Authorization"] = f"Bearer {token}"
        self._headers = headers
        self._pool = _pool(self.address)
        self._retries = default_retry() if retries is None else retries

    def json(self, path: str) -> tuple[Any, str | None]:
        """Get a JSON document. Returns it and the path of the next page, if there is one.

        Raises `ModelSourceError` and `MissingModel`.
        """
        try:
            response = self._get(f"{self.address}{path}", {}, stream=False)
        except TransientSourceError as error:
            raise ModelSourceError(str(error)) from error
        try:
            return response.json(), _next_page(response.headers.get("Link", ""), self.address)
        except ValueError as error:
            raise ModelSourceError(
                f"{self.address}{path} did not return JSON; set WHISPERFARM_MODELS_HUB_URL to a hub"
            ) from error

    @contextmanager
    def read(self, url: str, *, start: int) -> Iterator[Iterator[bytes]]:
        """Read from byte `start` on. Raises like `Source.read`."""
        extra_headers = {"Range": f"bytes={start}-"} if start else {}
        response = self._get(url, extra_headers, stream=True)
        try:
            if start and response.status != _PARTIAL:
                # A server without ranges sends the whole file.
                _discard_prefix(response, start)
            yield _chunks(response, url)
        except HTTPError as error:
            raise TransientSourceError(f"{url}: {error}") from error
        finally:
            # Not returned to the pool: unread bytes would be taken for the next response.
            response.close()

    def close(self) -> None:
        self._pool.clear()

    def _get(self, url: str, extra_headers: dict[str, str], *, stream: bool) -> Any:
        # Other servers must not receive the token.
        auth_headers = self._headers if url.startswith(f"{self.address}/") else {}
        try:
            response = self._pool.request(
                "GET",
                url,
                headers={**auth_headers, **extra_headers},
                preload_content=not stream,
                decode_content=False,
                retries=self._retries,
                timeout=_TIMEOUT,
            )
        except MaxRetryError as error:
            raise ModelSourceError(f"cannot reach {url}: {error.reason}") from error
        except HTTPError as error:
            raise ModelSourceError(f"cannot reach {url}: {error}") from error
        try:
            _check_status(response.status, url)
        except BaseException:
            response.close()
            raise
        return response


def _check_status(status: int, url: str) -> None:
    if status in {401, 403}:
        raise ModelSourceError(
            f"{url} denies access ({status}); accept the model's conditions there, and set HF_TOKEN"
            " to a token"
        )
    if status in {404, 410}:
        raise MissingModel(f"{url} does not exist ({status})")
    if status in RETRYABLE_STATUSES:
        raise TransientSourceError(f"{url} answered {status}")
    if status not in {200, _PARTIAL}:
        raise ModelSourceError(f"{url} answered {status}")


def _chunks(response: Any, url: str) -> Iterator[bytes]:
    try:
        yield from response.stream(_CHUNK_BYTES, decode_content=False)
    except HTTPError as error:
        raise TransientSourceError(f"{url}: {error}") from error


def _discard_prefix(response: Any, count: int) -> None:
    while count > 0 and (read := response.read(min(count, _CHUNK_BYTES), decode_content=False)):
        count -= len(read)


def _next_page(link: str, address: str) -> str | None:
    """Return the path of a `Link` header's next page, if it is on the same server."""
    for entry in link.split(","):
        url, _, relation = entry.partition(";")
        path = url.strip(" <>")
        if 'rel="next"' in relation and path.startswith(f"{address}/"):
            return path.removeprefix(address)
    return None


def _require_https(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise ModelSourceError(
            f"HF_TOKEN would be sent to {address} unencrypted; use https, or unset it"
        )


def _pool(address: str) -> Any:
    parts = urlsplit(address)
    proxy = getproxies().get(parts.scheme)
    if proxy and not proxy_bypass(parts.hostname or ""):
        return urllib3.ProxyManager(proxy, maxsize=_CONNECTIONS)
    return urllib3.PoolManager(maxsize=_CONNECTIONS)
