"""Makes one request to an address of a caller, without redirects, proxies or cookies."""

import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpcore

from whisperfarm_contract.problems import AddressUnreachable
from whisperfarm_dispatcher.egress.backend import AllowlistedBackend, Resolver, resolve
from whisperfarm_dispatcher.egress.networks import Networks
from whisperfarm_dispatcher.egress.targets import Target, read_target

_NETWORK_ERRORS = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """Response with lower-case `headers` and a `body` that is received while iterated."""

    status: int
    headers: Mapping[str, str]
    body: Iterator[bytes]

    def read(self, max_bytes: int) -> bytes:
        """Return the body; of one that is longer, its beginning of more than `max_bytes`."""
        content = bytearray()
        for block in self.body:
            content += block
            if len(content) > max_bytes:
                break
        return bytes(content)


class HttpClient:
    """Client for requests to public addresses and to `allowed` networks. Thread-safe.

    `ca_file` has the certificate authorities to trust in place of those of this machine.
    """

    def __init__(
        self,
        allowed: Networks = (),
        *,
        resolve: Resolver = resolve,
        ca_file: Path | None = None,
    ) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._ca_file = ca_file

    @contextmanager
    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        content: bytes = b"",
        stall_timeout_s: float,
        timeout_s: float | None = None,
    ) -> Iterator[HttpResponse]:
        """Send a request. Yields the response of any status, and closes the connection at the end.

        `stall_timeout_s` limits each wait for the server, `timeout_s` the whole block. Raises
        `ForbiddenAddress`, and `AddressUnreachable` for network errors, also inside the block.
        """
        target = read_target(url, self._allowed)
        ends_at = None if timeout_s is None else time.monotonic() + timeout_s
        backend = AllowlistedBackend(self._allowed, resolve=self._resolve, ends_at=ends_at)
        with (
            _translate_errors(target),
            httpcore.ConnectionPool(
                ssl_context=_ssl_context(self._ca_file), network_backend=backend
            ) as pool,
            pool.stream(
                method,
                httpcore.URL(
                    scheme=target.scheme.encode(),
                    host=target.host.encode(),
                    port=target.port,
                    target=target.path.encode(),
                ),
                headers=[("Host", _host(target)), ("Connection", "close"), *headers.items()],
                content=content,
                extensions={
                    "timeout": dict.fromkeys(("connect", "read", "write"), stall_timeout_s)
                },
            ) as response,
        ):
            yield HttpResponse(response.status, _headers(response), response.iter_stream())


@cache
def _ssl_context(ca_file: Path | None) -> ssl.SSLContext:
    """Load the certificate authorities once, because it is slow."""
    return ssl.create_default_context(cafile=ca_file)


def _host(target: Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    default_port = {"http": 80, "https": 443}[target.scheme]
    return host if target.port == default_port else f"{host}:{target.port}"


def _headers(response: httpcore.Response) -> dict[str, str]:
    return {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers
    }


@contextmanager
def _translate_errors(target: Target) -> Iterator[None]:
    """Raise network errors as `AddressUnreachable`, without the path, which may hold a secret."""
    try:
        yield
    except _NETWORK_ERRORS as error:
        what = f"{type(error).__name__} {error}".strip()
        raise AddressUnreachable(f"{target.host}:{target.port} does not answer: {what}") from error
