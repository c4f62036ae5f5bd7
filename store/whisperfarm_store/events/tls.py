"""Connections that TLS refused."""

from dataclasses import replace
from enum import StrEnum
from logging import DEBUG, INFO

from whisperfarm_store.events.event import DISPATCHER, event


class HandshakeRefusal(StrEnum):
    """Why a TLS handshake failed.

    `AUTHORITY`: no authority of the farm signed the client certificate. `CERTIFICATE`: it is not
    valid for another reason, such as its purpose. `CLIENT`: the client refused the handshake,
    mostly because it does not trust the farm's certificate. `PLAIN_HTTP`: a request without TLS.
    `PROTOCOL`: no common version of TLS, or bytes that are not TLS.
    """

    NO_CERTIFICATE = "no_certificate"
    AUTHORITY = "authority"
    EXPIRED = "expired"
    CERTIFICATE = "certificate"
    CLIENT = "client"
    PLAIN_HTTP = "plain_http"
    PROTOCOL = "protocol"


@event(INFO, DISPATCHER)
def handshake_refused(*, reason: str, error: str, address: str) -> None:
    """A TLS handshake failed, so that its connection made no request. `error` is OpenSSL's name of
    the failure, `address` the peer's. At most 10 are logged in a minute."""


handshake_refused_again = replace(
    handshake_refused,
    name="tls.handshake_refused_again",
    level=DEBUG,
    meaning="The same, for each one above 10 in a minute.",
)
