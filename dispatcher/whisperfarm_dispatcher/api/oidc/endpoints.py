"""The addresses of a provider, as its document names them (OpenID Connect Discovery 1.0)."""

from collections.abc import Mapping
from dataclasses import dataclass

from whisperfarm_dispatcher.egress import ALL_NETWORKS, read_target


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The addresses of the provider."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


def read_endpoints(document: Mapping[str, object], *, issuer: str) -> Endpoints:
    """Return the addresses. Raises `ForbiddenAddress` or `ValueError`."""
    if document.get("issuer") != issuer:
        raise ValueError("the provider's document names another issuer")
    found = {name: str(document.get(name, "")) for name in Endpoints.__dataclass_fields__}
    for url in found.values():
        read_target(url, ALL_NETWORKS)
    return Endpoints(**found)
