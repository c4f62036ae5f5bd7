"""Logs TLS handshakes that fail. asyncio closes their connections without a log line."""

import ssl

from whisperfarm_dispatcher.api.certificates.peer import peer_address
from whisperfarm_dispatcher.api.middleware.log_interval import LogInterval
from whisperfarm_store import events
from whisperfarm_store.events.tls import HandshakeRefusal

MAX_LOGGED = 10
"""Most lines in a minute. The metric counts all."""

_EXPIRED = 10
_UNSIGNED = frozenset({2, 7, 18, 19, 20, 21})
"""Codes of OpenSSL's `X509_V_ERR_...`: the certificate has expired; no authority signed it."""

_REASONS = {
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": HandshakeRefusal.NO_CERTIFICATE,
    "HTTP_REQUEST": HandshakeRefusal.PLAIN_HTTP,
}


def log_refused_handshakes(context: ssl.SSLContext) -> None:
    """Let every failed handshake of the context be logged, with its reason."""
    log_interval = LogInterval(max_events=MAX_LOGGED)

    class LoggedHandshake(ssl.SSLObject):
        def do_handshake(self) -> None:
            try:
                super().do_handshake()
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                raise
            except ssl.SSLError as error:
                _log(error, log_interval)
                raise

    context.sslobject_class = LoggedHandshake


def _log(error: ssl.SSLError, log_interval: LogInterval) -> None:
    refused = events.tls.handshake_refused
    event = refused if log_interval.is_due() else events.tls.handshake_refused_again
    event.log(reason=reason_of(error), error=_name_of(error), address=peer_address())


def reason_of(error: ssl.SSLError) -> HandshakeRefusal:
    """Return why the handshake failed."""
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code == _EXPIRED:
            return HandshakeRefusal.EXPIRED
        unsigned = error.verify_code in _UNSIGNED
        return HandshakeRefusal.AUTHORITY if unsigned else HandshakeRefusal.CERTIFICATE
    if "_ALERT_" in (error.reason or ""):
        return HandshakeRefusal.CLIENT
    return _REASONS.get(error.reason, HandshakeRefusal.PROTOCOL)


def _name_of(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return error.reason or ""
