"""Settings of TLS and of client certificates."""

import ssl
from pathlib import Path

from pydantic import Field, field_validator, model_validator

from whisperfarm_contract.permissions import Roles
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_dispatcher.api.certificates.callers_file import read_callers
from whisperfarm_dispatcher.api.certificates.tls import server_context
from whisperfarm_dispatcher.api.certificates.verifier import CertificateVerifier
from whisperfarm_dispatcher.egress import read_networks
from whisperfarm_store.settings import StoreSettings


class CertificateSettings(StoreSettings):
    """How the dispatcher listens with TLS, and which client certificates it accepts."""

    tls_cert_file: Path | None = Field(
        default=None,
        description="PEM file with the server's certificate and its chain; none: no TLS.",
    )
    tls_key_file: Path | None = Field(
        default=None, description="PEM file with its private key; none: in the same file."
    )
    tls_client_ca_file: Path | None = Field(
        default=None,
        description=(
            "PEM file with the authorities of client certificates; none: clients are not asked for"
            " one."
        ),
    )
    tls_client_required: bool = Field(
        default=False,
        description="Whether connections without a client certificate are refused, probes too.",
    )
    certificates_file: Path | None = Field(
        default=None,
        description=(
            "YAML file with the tenant and role of each client certificate: a mapping"
            " `certificates` from names such as `DNS:recorder-1.example.org`."
        ),
    )
    certificate_proxies: str = Field(
        default="",
        description=(
            "Networks of the proxies whose headers `ssl-client-cert` and `ssl-client-verify` are"
            " accepted, comma separated, such as `10.1.0.0/16`."
        ),
    )

    @field_validator("certificate_proxies")
    @classmethod
    def _check_proxies(cls, networks: str) -> str:
        try:
            read_networks(networks)
        except ValueError as error:
            raise InvalidSettings(f"WHISPERFARM_CERTIFICATE_PROXIES: {error}") from None
        return networks

    @model_validator(mode="after")
    def _check_certificates(self) -> "CertificateSettings":
        if self.tls_cert_file is None and (self.tls_key_file or self.tls_client_ca_file):
            raise InvalidSettings("WHISPERFARM_TLS_CERT_FILE: set it for the other files of TLS")
        if self.tls_client_required and self.tls_client_ca_file is None:
            raise InvalidSettings("WHISPERFARM_TLS_CLIENT_CA_FILE: set it to require certificates")
        if bool(self.certificates_file) != bool(
            self.tls_client_ca_file or self.certificate_proxies
        ):
            raise InvalidSettings(
                "WHISPERFARM_CERTIFICATES_FILE: set it, and WHISPERFARM_TLS_CLIENT_CA_FILE or"
                " WHISPERFARM_CERTIFICATE_PROXIES; or none of them"
            )
        self.tls_context()
        return self

    def tls_context(self) -> ssl.SSLContext | None:
        """Return the context to listen with, or `None` without TLS. Raises `InvalidSettings`."""
        if self.tls_cert_file is None:
            return None
        return server_context(
            self.tls_cert_file,
            self.tls_key_file,
            self.tls_client_ca_file,
            required=self.tls_client_required,
        )

    def certificate_verifier(self, roles: Roles) -> CertificateVerifier | None:
        """Return the verifier, or `None` if certificates are not accepted."""
        if self.certificates_file is None:
            return None
        return CertificateVerifier(
            callers=read_callers(self.certificates_file, roles),
            roles=roles,
            proxies=read_networks(self.certificate_proxies),
        )
