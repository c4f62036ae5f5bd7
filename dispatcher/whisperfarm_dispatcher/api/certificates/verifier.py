"""Finds the caller of a client certificate by the names that the operator has listed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from cryptography import x509
from fastapi import Request

from whisperfarm_contract.permissions import Roles
from whisperfarm_contract.problems import InvalidCertificate
from whisperfarm_dispatcher.api.caller import Caller, refused
from whisperfarm_dispatcher.api.certificates.callers_file import CertificateGrant
from whisperfarm_dispatcher.api.certificates.names import names_of
from whisperfarm_dispatcher.api.certificates.presented import presented_certificate
from whisperfarm_dispatcher.egress import Networks
from whisperfarm_store.events.access import RefusalReason

ID_DIGITS = 12
"""Length of the hash that stands for a name."""

_UNKNOWN = "no name of the client certificate is listed; ask the operator to add one"
_AMBIGUOUS = "names of the client certificate are listed with different tenants or roles"
_OUTSIDE_VALIDITY = "the client certificate has expired or is not valid yet; renew it"
_MALFORMED = "the client certificate cannot be read; ask its authority for another"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateVerifier:
    """The listed names, and the proxies whose headers are read."""

    callers: Mapping[str, CertificateGrant]
    roles: Roles
    proxies: Networks

    def caller(self, request: Request) -> Caller | None:
        """Return the caller, or `None` without a certificate. Raises `InvalidCertificate`."""
        certificate = presented_certificate(request, self.proxies)
        return None if certificate is None else self._caller(certificate, datetime.now(UTC))

    def _caller(self, certificate: x509.Certificate, now: datetime) -> Caller:
        names = self._listed_names(certificate)
        key_id = certificate_id(names[0])
        grants = {self.callers[name] for name in names}
        if len(grants) > 1:
            raise refused(InvalidCertificate(_AMBIGUOUS), RefusalReason.CERTIFICATE, key=key_id)
        [grant] = grants
        # A connection, and a proxy's, may outlive the certificate.
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            problem = InvalidCertificate(_OUTSIDE_VALIDITY)
            raise refused(problem, RefusalReason.EXPIRED, key=key_id, tenant=grant.tenant)
        return Caller(
            tenant=grant.tenant,
            grant=f"the role {grant.role}",
            permissions=self.roles.get(grant.role, frozenset()),
            key_id=key_id,
            is_subject=True,
            role=grant.role,
        )

    def _listed_names(self, certificate: x509.Certificate) -> list[str]:
        try:
            names = names_of(certificate)
        except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
            raise refused(InvalidCertificate(_MALFORMED), RefusalReason.MALFORMED) from None
        listed = [name for name in self.callers if name in names]
        if not listed:
            raise refused(InvalidCertificate(_UNKNOWN), RefusalReason.CERTIFICATE)
        return listed


def certificate_id(name: str) -> str:
    """Return an id for a listed name that does not show it, the same after a renewal."""
    return f"cert-{sha256(name.encode()).hexdigest()[:ID_DIGITS]}"
