"""A persistent HTTP connection to the farm."""

import http.client
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from whisperfarm_client import VERSION
from whisperfarm_client.address import Address
from whisperfarm_client.api_key import KeyFile
from whisperfarm_client.connecting import connect
from whisperfarm_client.errors import BadResponse
from whisperfarm_client.limited_socket import LimitedSocket, Limits, ResponseTooLarge
from whisperfarm_client.tls import Tls, TlsFiles, refusal_of_certificate
from whisperfarm_contract.problems import FarmUnavailable, InvalidCertificate

CONNECT_TIMEOUT_S = 10.0
"""Timeout for connecting: look-up, TCP and TLS together."""

MAX_DOCUMENT_BYTES = 2**20
"""Maximum size of a response, unless the request has another one."""

MAX_STREAM_BYTES = 64 * 2**20
"""Maximum size of a response that is read line by line. A line is at most a document."""

MAX_RETRY_AFTER_S = 24 * 3600.0

_BLOCK_BYTES = 64 * 1024


class ConnectFailed(Exception):
    """The connection could not be established: nothing was sent."""


class ConnectionLost(Exception):
    """The connection was lost or timed out. The farm may have processed the request."""


class HttpResponse(NamedTuple):
    """A response. The names of the headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def retry_after_s(self) -> float:
        """The seconds in `Retry-After`, at most a day; 0 if the header is missing or a date."""
        text = self.headers.get("retry-after", "")
        return min(float(text), MAX_RETRY_AFTER_S) if text.isdecimal() else 0.0


class HttpStream(NamedTuple):
    """A response whose lines are read while they arrive.

    The body of `response` is empty, unless its status is that of a failure: then there are no
    lines. Reading them raises `ConnectionLost` or `BadResponse`.
    """

    response: HttpResponse
    lines: Iterator[bytes]


class HttpConnection:
    """A connection to one address with one API key, or with the one that a file has at the time of
    each request. Redirects are not followed."""

    def __init__(self, address: Address, *, key: str | KeyFile | None, tls: TlsFiles) -> None:
        self.address = address
        self._key, self._tls_files = key, tls
        self._tls = Tls(tls) if address.scheme == "https" else None
        self._connection = _http_connection(address)
        self._is_aborted = False
        self._headers = {"User-Agent": f"whisper-remote/{VERSION}", "Accept": "application/json"}

    def send_request(
        self,
        method: str,
        target: str,
        *,
        timeout_s: float,
        total_s: float | None = None,
        max_bytes: int = MAX_DOCUMENT_BYTES,
        headers: Mapping[str, str] | None = None,
        body: Iterable[bytes] | None = None,
    ) -> HttpResponse:
        """Send a request and return the response.

        `timeout_s` limits the time without data, `total_s` that of the whole request (default:
        `timeout_s`), and `max_bytes` the body of the response. Raises `ConnectFailed`,
        `ConnectionLost`, `BadResponse` or what `body` raises.
        """
        all_headers = {**self._headers, **self._authorization(), **(headers or {})}
        end = time.monotonic() + (timeout_s if total_s is None else total_s)
        try:
            # Headers and the framing of a chunked body count against the limit of the socket.
            self._connect(Limits(timeout_s, end, max_bytes + max_bytes // 8 + _BLOCK_BYTES))
            self._send_request(method, self.address.path + target, all_headers, body)
            return self._receive(max_bytes)
        except BaseException:
            self._connection.close()
            raise

    def open_stream(
        self, target: str, *, timeout_s: float, total_s: float, headers: Mapping[str, str]
    ) -> HttpStream:
        """Send a request with GET and return its response, whose lines have not been read.

        `timeout_s` limits the time without data, and `total_s` that of the whole response. Raises
        like `send_request`. The connection cannot be used again before the last line was read.
        """
        limits = Limits(timeout_s, time.monotonic() + total_s, MAX_STREAM_BYTES)
        try:
            self._connect(limits)
            all_headers = {**self._headers, **self._authorization(), **headers}
            self._send_request("GET", self.address.path + target, all_headers, None)
            return self._receive_stream()
        except BaseException:
            self._connection.close()
            raise

    def another(self) -> "HttpConnection":
        """Return a connection to the same address with the same key. It is not open."""
        return HttpConnection(self.address, key=self._key, tls=self._tls_files)

    def close(self) -> None:
        self._connection.close()

    def abort(self) -> None:
        """End the request that another thread has sent, and all later ones, with `ConnectionLost`.

        Cannot end the look-up and the connect.
        """
        self._is_aborted = True
        sock: Any = self._connection.sock
        if sock is not None:
            sock.abort()

    def _authorization(self) -> Mapping[str, str]:
        key = self._key.read() if isinstance(self._key, KeyFile) else self._key
        return {} if key is None else {"Authorization": f"Bearer {key}"}

    def _connect(self, limits: Limits) -> None:
        """Connect, unless the connection is open, and apply the limits of the next request."""
        connection: Any = self._connection  # http.client expects a whole socket
        try:
            if connection.sock is None:
                end = time.monotonic() + min(limits.timeout_s(), CONNECT_TIMEOUT_S)
                tls = None if self._tls is None else self._tls.context()
                sock = connect(self.address.host, self.address.port, tls=tls, end=end)
                connection.sock = LimitedSocket(sock, limits)
        except OSError as error:
            self._reject_bad_certificate(error)
            raise ConnectFailed(
                f"no server responds at {self.address} ({_reason(error)}); check WHISPERFARM_URL"
            ) from error
        connection.sock.limits = limits
        if self._is_aborted:
            raise ConnectionLost("it was aborted")

    def _reject_bad_certificate(self, error: Exception) -> None:
        """Raise a problem for a certificate that one end refuses, which a retry does not cure."""
        refusal = refusal_of_certificate(error)
        if refusal is not None:
            raise InvalidCertificate(
                f"the server at {self.address} refuses the client certificate: {refusal};"
                " set WHISPERFARM_CLIENT_CERT and WHISPERFARM_CLIENT_KEY to a valid one"
            ) from error
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
            self._reject_bad_certificate(error)
            raise ConnectionLost(_reason(error)) from error

    def _receive(self, max_bytes: int) -> HttpResponse:
        with self._errors_of_responses(max_bytes):
            response = self._connection.getresponse()
            return _head(response, _read_body(response, max_bytes))

    def _receive_stream(self) -> HttpStream:
        with self._errors_of_responses(MAX_STREAM_BYTES):
            response = self._connection.getresponse()
            if response.status == http.HTTPStatus.OK:
                return HttpStream(_head(response, b""), self._lines(response))
            return HttpStream(_head(response, _read_body(response, MAX_DOCUMENT_BYTES)), iter(()))

    def _lines(self, response: http.client.HTTPResponse) -> Iterator[bytes]:
        with self._errors_of_responses(MAX_STREAM_BYTES):
            while line := response.readline(MAX_DOCUMENT_BYTES):
                if len(line) == MAX_DOCUMENT_BYTES:
                    raise ResponseTooLarge
                yield line

    @contextmanager
    def _errors_of_responses(self, max_bytes: int) -> Iterator[None]:
        """Raise what `send_request` raises for an error while a response is read."""
        try:
            yield
        except ResponseTooLarge as error:
            raise BadResponse(
                f"the response of the server at {self.address} has more than"
                f" {max_bytes // 2**20} MiB, the maximum"
            ) from error
        except (OSError, http.client.IncompleteRead) as error:
            self._reject_bad_certificate(error)  # with TLS 1.3, it is refused only now
            raise ConnectionLost(_reason(error)) from error
        except http.client.HTTPException as error:
            raise BadResponse(f"the server at {self.address} does not speak HTTP") from error


def _head(response: http.client.HTTPResponse, body: bytes) -> HttpResponse:
    headers = {name.lower(): value for name, value in response.getheaders()}
    return HttpResponse(response.status, headers, body)


def _read_body(response: http.client.HTTPResponse, max_bytes: int) -> bytes:
    """Read the body in blocks. Raises `ResponseTooLarge` as soon as its size is known."""
    if (response.length or 0) > max_bytes:
        raise ResponseTooLarge
    body = bytearray()
    while block := response.read(_BLOCK_BYTES):
        body += block
        if len(body) > max_bytes:
            raise ResponseTooLarge
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)
    return bytes(body)


def _http_connection(address: Address) -> http.client.HTTPConnection:
    """Return a connection that is not open. The header `Host` omits the scheme's default port.

    `HTTPSConnection` is missing where `ssl` was not imported (`http_import.py`).
    """
    connection: Any = http.client.HTTPConnection(address.host, address.port, blocksize=_BLOCK_BYTES)
    if address.scheme == "https":
        connection.default_port = 443
    return connection  # type: ignore[no-any-return]


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return str(error) if error.errno is None and str(error) else "timed out"
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text or type(error).__name__
