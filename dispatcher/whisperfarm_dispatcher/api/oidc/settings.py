"""Settings of the identity provider at which people sign in to the page."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from whisperfarm_contract.problems import ForbiddenAddress, InvalidSettings
from whisperfarm_dispatcher.egress import ALL_NETWORKS, read_target
from whisperfarm_store.settings import StoreSettings

CALLBACK_PATH = "/page/session/callback"


class OidcSettings(StoreSettings):
    """The provider. `oidc_issuer` is missing if there is none."""

    oidc_issuer: str | None = Field(
        default=None,
        description=(
            "Issuer of the OpenID Connect provider at which people may sign in to the page; none:"
            " they sign in with keys and tokens alone. Its own address may be private."
        ),
    )
    oidc_client_id: str | None = Field(
        default=None, description="The farm's client id at this provider."
    )
    oidc_client_secret_file: Path | None = Field(
        default=None,
        description=(
            "File with the client secret, read at each sign-in. None: the farm is a public client,"
            " protected by PKCE alone."
        ),
    )
    oidc_redirect_url: str | None = Field(
        default=None,
        description=(
            "Address that the provider leads browsers back to, as it is registered there:"
            f" `https://`, the farm's host, and `{CALLBACK_PATH}`."
        ),
    )
    oidc_scopes: str = Field(
        default="openid", description="Scopes to request, separated by spaces."
    )
    oidc_tenant_claim: str = Field(
        default="tenant", min_length=1, description="Claim of the ID token with the tenant."
    )
    oidc_role_claim: str = Field(
        default="role", min_length=1, description="Claim of the ID token with a role or several."
    )

    @model_validator(mode="after")
    def _check_oidc(self) -> "OidcSettings":
        given = (self.oidc_issuer, self.oidc_client_id, self.oidc_redirect_url)
        if any(given) != all(given) or (self.oidc_client_secret_file and not self.oidc_issuer):
            raise InvalidSettings(
                "WHISPERFARM_OIDC_ISSUER, WHISPERFARM_OIDC_CLIENT_ID,"
                " WHISPERFARM_OIDC_REDIRECT_URL: set all of them, or none"
            )
        if self.oidc_issuer and self.oidc_redirect_url:
            _check_url("WHISPERFARM_OIDC_ISSUER", self.oidc_issuer)
            _check_url("WHISPERFARM_OIDC_REDIRECT_URL", self.oidc_redirect_url)
            if not urlsplit(self.oidc_redirect_url).path.endswith(CALLBACK_PATH):
                raise InvalidSettings(
                    f"WHISPERFARM_OIDC_REDIRECT_URL: let it end with {CALLBACK_PATH}"
                )
        if "openid" not in self.oidc_scopes.split():
            raise InvalidSettings("WHISPERFARM_OIDC_SCOPES: add the scope openid")
        return self


def _check_url(variable: str, url: str) -> None:
    try:
        read_target(url, ALL_NETWORKS)
    except ForbiddenAddress as problem:
        raise InvalidSettings(f"{variable}: {problem.detail}") from None
    if "?" in url or "#" in url:
        raise InvalidSettings(f"{variable}: remove the query and the fragment")
