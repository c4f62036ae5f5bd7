"""A persistent HTTP connection to the farm."""

import http.client
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from whisperfarm_client import VERSION
from whisperfarm_client.address import Address
from whisperfarm_client.errors import BadResponse
from whisperfarm_contract.problems import FarmUnavailable, InvalidSettings

CONNECT_TIMEOUT_S = 10.0
"""Timeout for connecting."""

_BLOCK_BYTES = 64 * 1024


class ConnectFailed(Exception):
    """The connection could not be established: nothing was sent."""


class ConnectionLost(Exception):
    """The connection broke or timed out: it is unknown whether the farm processed the request."""


class HttpResponse(NamedTuple):
    """A response. The names of the headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def retry_after_s(self) -> float:
        """The seconds in `Retry-After`; 0 if the header is missing or a date."""
        text = self.headers.get("retry-after", "")
        return float(text) if text.isdecimal() else 0.0


class HttpConnection:
    """A connection to one address with one API key. Redirects are not followed."""

    def __init__(self, address: Address, *, key: str | None, ca_file: str | None) -> None:
        self.address = address
        self._connection = _http_connection(address, ca_file)
        self._headers = {"User-Agent": f"whisper-remote/{VERSION}", "Accept": "application/json"}
        if key is not None:
            self._headers["Authorization"] = f"Bearer {key}"

    def send_request(
        self,
        method: str,
        target: str,
        *,
        timeout_s: float,
        headers: Mapping[str, str] | None = None,
        body: Iterable[bytes] | None = None,
    ) -> HttpResponse:
        """Send a request and return the response; `timeout_s` limits the time without data.

        Raises `ConnectFailed`, `ConnectionLost`, `BadResponse` or what `body` raises.
        """
        all_headers = {**self._headers, **(headers or {})}
        try:
            self._connect(min(timeout_s, CONNECT_TIMEOUT_S))
            self._connection.sock.settimeout(timeout_s)
            self._send_request(method, self.address.path + target, all_headers, body)
            return self._receive()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        self._connection.close()

    def _connect(self, timeout_s: float) -> None:
        if self._connection.sock is not None:
            return
        self._connection.timeout = timeout_s
        try:
            self._connection.connect()
        except OSError as error:
            self._reject_bad_certificate(error)
            raise ConnectFailed(
                f"no server responds at {self.address} ({_reason(error)}); check WHISPERFARM_URL"
            ) from error

    def _reject_bad_certificate(self, error: OSError) -> None:
        """Raise `FarmUnavailable` for an untrusted certificate, which a retry does not cure."""
        message = getattr(error, "verify_message", None)
        if message is not None:
            raise FarmUnavailable(
                f"the certificate of {self.address} is not trusted: {message};"
                " set WHISPERFARM_CA_FILE to the certificate of its authority"
            ) from error

    def _send_request(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: Iterable[bytes] | None,
    ) -> None:
        try:
            self._connection.request(method, target, body=body, headers=headers)
        except (BrokenPipeError, ConnectionResetError):
            # The farm may have responded before it read the whole body, as to an invalid key.
            return
        except OSError as error:
            raise ConnectionLost(_reason(error)) from error

    def _receive(self) -> HttpResponse:
        try:
            response = self._connection.getresponse()
            headers = {name.lower(): value for name, value in response.getheaders()}
            return HttpResponse(response.status, headers, response.read())
        except (OSError, http.client.IncompleteRead) as error:
            raise ConnectionLost(_reason(error)) from error
        except http.client.HTTPException as error:
            raise BadResponse(f"the server at {self.address} does not speak HTTP") from error


def _http_connection(address: Address, ca_file: str | None) -> http.client.HTTPConnection:
    if address.scheme == "http":
        return http.client.HTTPConnection(address.host, address.port, blocksize=_BLOCK_BYTES)
    import ssl

    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise InvalidSettings(f"WHISPERFARM_CA_FILE: {ca_file} cannot be used: {error}") from error
    return http.client.HTTPSConnection(
        address.host, address.port, blocksize=_BLOCK_BYTES, context=context
    )


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "timed out"
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text or type(error).__name__
