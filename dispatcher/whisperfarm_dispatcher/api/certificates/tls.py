"""The TLS context that the dispatcher listens with."""

import ssl
from pathlib import Path

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_dispatcher.api.certificates.handshakes import log_refused_handshakes


def server_context(
    certificate: Path, key: Path | None, client_ca: Path | None, *, required: bool
) -> ssl.SSLContext:
    """Return a context that verifies client certificates if there is an authority for them.

    Raises `InvalidSettings` if a file cannot be used.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.set_alpn_protocols(["http/1.1"])
    try:
        # An empty password keeps OpenSSL from asking for one at the terminal.
        context.load_cert_chain(certificate, key, password="")
    except OSError as error:
        raise InvalidSettings(
            f"WHISPERFARM_TLS_CERT_FILE, WHISPERFARM_TLS_KEY_FILE: {certificate} cannot be used"
            f" with its key: {error}"
        ) from None
    if client_ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED if required else ssl.CERT_OPTIONAL
        try:
            context.load_verify_locations(client_ca)
        except OSError as error:
            raise InvalidSettings(
                f"WHISPERFARM_TLS_CLIENT_CA_FILE: {client_ca} cannot be used: {error}"
            ) from None
    log_refused_handshakes(context)
    return context
