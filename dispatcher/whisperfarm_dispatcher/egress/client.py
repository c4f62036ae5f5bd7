"""Makes one request to an address of a caller, without redirects, proxies or cookies."""

import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import httpcore

from whisperfarm_contract.problems import AddressUnreachable
from whisperfarm_dispatcher.egress.backend import Checked, LookUp, look_up
from whisperfarm_dispatcher.egress.networks import Networks
from whisperfarm_dispatcher.egress.targets import Target, read_target

_FAULTS = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError)


@dataclass(frozen=True, slots=True)
class Answer:
    """Response with lower-case `headers` and a `body` that is received while iterated."""

    status: int
    headers: Mapping[str, str]
    body: Iterator[bytes]


class Outgoing:
    """Client for requests to public addresses and to `allowed` networks. Thread-safe."""

    def __init__(self, allowed: Networks = (), *, look_up: LookUp = look_up) -> None:
        self._allowed = allowed
        self._look_up = look_up

    @contextmanager
    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        content: bytes = b"",
        stall_s: float,
        total_s: float | None = None,
    ) -> Iterator[Answer]:
        """Send a request. Yields the response of any status, and closes the connection at the end.

        `stall_s` limits each wait for the server, `total_s` the whole block. Raises
        `AddressRefused`, and `AddressUnreachable` for network errors, also inside the block.
        """
        target = read_target(url, self._allowed)
        ends_at = None if total_s is None else time.monotonic() + total_s
        backend = Checked(self._allowed, look_up=self._look_up, ends_at=ends_at)
        with (
            _named(target),
            httpcore.ConnectionPool(ssl_context=_trust(), network_backend=backend) as pool,
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
                extensions={"timeout": dict.fromkeys(("connect", "read", "write"), stall_s)},
            ) as response,
        ):
            yield Answer(response.status, _headers(response), response.iter_stream())


@cache
def _trust() -> ssl.SSLContext:
    """Load the certificate authorities of this machine once, because it is slow."""
    return ssl.create_default_context()


def _host(target: Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    usual = {"http": 80, "https": 443}[target.scheme]
    return host if target.port == usual else f"{host}:{target.port}"


def _headers(response: httpcore.Response) -> dict[str, str]:
    return {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers
    }


@contextmanager
def _named(target: Target) -> Iterator[None]:
    """Raise network errors as `AddressUnreachable`, without the path, which may hold a secret."""
    try:
        yield
    except _FAULTS as error:
        what = f"{type(error).__name__} {error}".strip()
        raise AddressUnreachable(f"{target.host}:{target.port} does not answer: {what}") from error
