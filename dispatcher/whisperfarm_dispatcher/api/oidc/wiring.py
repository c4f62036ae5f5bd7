"""Builds the sign-in at the identity provider from the settings."""

from whisperfarm_contract.permissions import Roles
from whisperfarm_dispatcher.api.oidc.code import CodeFlow
from whisperfarm_dispatcher.api.oidc.people import People
from whisperfarm_dispatcher.api.oidc.provider import Provider
from whisperfarm_dispatcher.api.oidc.settings import OidcSettings
from whisperfarm_dispatcher.api.tokens.claims import ClaimNames
from whisperfarm_dispatcher.api.tokens.key_url import KeyUrl
from whisperfarm_dispatcher.api.tokens.verifier import TokenVerifier
from whisperfarm_dispatcher.egress import Networks


def build_people(
    settings: OidcSettings, *, roles: Roles, allowed: Networks, clock_skew_s: float
) -> People | None:
    """Return the people of the provider, or `None` if there is no provider."""
    if settings.oidc_issuer is None:
        return None
    provider = Provider(settings.oidc_issuer, allowed)
    flow = CodeFlow(
        provider=provider,
        client_id=settings.oidc_client_id or "",
        secret_file=settings.oidc_client_secret_file,
        redirect_url=settings.oidc_redirect_url or "",
        scopes=settings.oidc_scopes,
    )
    verifier = TokenVerifier(
        source=KeyUrl(provider.keys),
        issuer=provider.issuer,
        audience=flow.client_id,
        clock_skew_s=clock_skew_s,
        roles=roles,
        names=ClaimNames(
            tenant=settings.oidc_tenant_claim,
            roles=settings.oidc_role_claim,
            scope="",  # the scope of OpenID Connect is not one of the farm
        ),
    )
    return People(flow, verifier)
