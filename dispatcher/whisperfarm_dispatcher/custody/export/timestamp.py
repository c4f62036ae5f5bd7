"""A time authority (RFC 3161), which signs that a document existed at a time."""

from hashlib import sha256

from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimeStampRequest,
    TimestampRequestBuilder,
    decode_timestamp_response,
)

from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_dispatcher.egress import HttpClient

_TIMEOUT_S = 30.0
_MAX_BYTES = 1 << 20
_GRANTED = (PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS)


class TimeAuthority:
    """The time authority at a URL. It gets the digest of a document, and nothing of it."""

    def __init__(self, url: str, http_client: HttpClient) -> None:
        self._url = url
        self._http_client = http_client

    def stamp(self, document: bytes) -> bytes:
        """Return the authority's response in DER, which `openssl ts -verify` reads.

        Raises `FarmUnavailable` if there is none, or if it is not the response for this document.
        Its signature is not verified, for which one needs its certificate.
        """
        request = TimestampRequestBuilder(document, HashAlgorithm.SHA256).build()
        response = self._ask(request.as_bytes())
        _check(response, request, document)
        return response

    def _ask(self, request: bytes) -> bytes:
        with self._http_client.request(
            "POST",
            self._url,
            headers={"Content-Type": "application/timestamp-query"},
            content=request,
            stall_timeout_s=_TIMEOUT_S,
            timeout_s=_TIMEOUT_S,
        ) as response:
            if response.status != 200:  # noqa: PLR2004
                raise FarmUnavailable(f"the time authority answered {response.status}")
            content = response.read(_MAX_BYTES)
        if len(content) > _MAX_BYTES:
            raise FarmUnavailable("the response of the time authority does not end")
        return content


def _check(response: bytes, request: TimeStampRequest, document: bytes) -> None:
    try:
        decoded = decode_timestamp_response(response)
        granted = decoded.status in _GRANTED
        about = (
            (decoded.tst_info.message_imprint.message, decoded.tst_info.nonce) if granted else ()
        )
    except ValueError:
        raise FarmUnavailable("the response of the time authority cannot be read") from None
    if not granted:
        raise FarmUnavailable(f"the time authority refused, with the status {decoded.status}")
    if about != (sha256(document).digest(), request.nonce):
        raise FarmUnavailable("the time authority answered another request")
