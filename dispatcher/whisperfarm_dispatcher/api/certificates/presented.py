"""The client certificate of a request: that of its connection, or the one that a proxy passes on.

A named proxy has verified the certificate and sends it in the headers of ingress-nginx. The same
headers from any other address are refused, because a caller may write what it wants into them.
"""

from ipaddress import IPv6Address, ip_address
from urllib.parse import unquote

from cryptography import x509
from fastapi import Request

from whisperfarm_contract.problems import InvalidCertificate
from whisperfarm_dispatcher.api.caller import refused
from whisperfarm_dispatcher.egress import Networks
from whisperfarm_store.events.access import RefusalReason

CERTIFICATE_HEADER = "ssl-client-cert"
VERIFIED_HEADER = "ssl-client-verify"

_UNNAMED_PROXY = (
    f"the header {CERTIFICATE_HEADER} comes from an address that is not a proxy of this farm; add"
    " the proxy's network to WHISPERFARM_CERTIFICATE_PROXIES"
)
_UNVERIFIED = "the proxy did not verify the client certificate; send a valid one"
_MALFORMED = f"the header {CERTIFICATE_HEADER} is not one certificate as URL-encoded PEM"


def presented_certificate(request: Request, proxies: Networks) -> x509.Certificate | None:
    """Return the certificate, or `None` if there is none. Raises `InvalidCertificate`.

    The certificate of a proxy's own connection is never that of its callers.
    """
    headers = request.headers.getlist(CERTIFICATE_HEADER)
    if _is_within(request.client.host if request.client else "", proxies):
        return _of_header(request, headers) if any(headers) else None
    if headers:
        raise refused(InvalidCertificate(_UNNAMED_PROXY), RefusalReason.PROXY)
    der: bytes | None = getattr(request.state, "client_certificate", None)
    return None if der is None else x509.load_der_x509_certificate(der)


def _of_header(request: Request, headers: list[str]) -> x509.Certificate:
    if request.headers.getlist(VERIFIED_HEADER) != ["SUCCESS"]:
        raise refused(InvalidCertificate(_UNVERIFIED), RefusalReason.SIGNATURE)
    try:
        [text] = headers
        return x509.load_pem_x509_certificate(unquote(text).encode())
    except ValueError:
        raise refused(InvalidCertificate(_MALFORMED), RefusalReason.MALFORMED) from None


def _is_within(host: str, networks: Networks) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return any((mapped or address) in network for network in networks)
