"""TLS of connections to the farm: its authorities, and the client's own certificate."""

from contextlib import suppress
from typing import Any, NamedTuple

from whisperfarm_client.api_key import file_version
from whisperfarm_contract.problems import InvalidSettings


class TlsFiles(NamedTuple):
    """Files in PEM. Without `client_key`, the key is in the file of the certificate."""

    ca_file: str | None = None
    client_cert: str | None = None
    client_key: str | None = None


NO_FILES = TlsFiles()
"""The authorities of the system, and no certificate of the client."""


class Tls:
    """Makes the context of a connection, again when the client's certificate has changed.

    While the new files cannot be used, as while they are written, the last ones are.
    """

    def __init__(self, files: TlsFiles) -> None:
        """Read the files. Raises `InvalidSettings` if one cannot be used."""
        self._files = files
        self._versions = self._read_versions()
        self._context = _context(files)

    def context(self) -> Any:
        versions = self._read_versions()
        if versions != self._versions:
            with suppress(InvalidSettings):
                self._context = _context(self._files)
                self._versions = versions
        return self._context

    def _read_versions(self) -> tuple[Any, ...]:
        own = (self._files.client_cert, self._files.client_key)
        return tuple(file_version(path) for path in own if path)


def _context(files: TlsFiles) -> Any:
    import ssl  # its import takes about a tenth of the start

    try:
        context = ssl.create_default_context(cafile=files.ca_file)
    except OSError as error:
        raise InvalidSettings(
            f"WHISPERFARM_CA_FILE: {files.ca_file} cannot be used: {error}"
        ) from error
    context.set_alpn_protocols(["http/1.1"])
    if files.client_cert:
        try:
            # An empty password keeps OpenSSL from asking for one at the terminal.
            context.load_cert_chain(files.client_cert, files.client_key, password="")
        except OSError as error:
            raise InvalidSettings(
                f"WHISPERFARM_CLIENT_CERT, WHISPERFARM_CLIENT_KEY: {files.client_cert} cannot be"
                f" used with its key: {error}"
            ) from error
    return context


def refusal_of_certificate(error: Exception) -> str | None:
    """Return why the other end refuses the client's certificate, if that is the error."""
    reason = str(getattr(error, "reason", None) or "")  # of `ssl.SSLError`, which is not imported
    if "_ALERT_" in reason and ("CERTIFICATE" in reason or reason.endswith("UNKNOWN_CA")):
        return reason.partition("_ALERT_")[2].replace("_", " ").lower()
    return None
