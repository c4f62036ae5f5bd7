"""The authorization code: asks the provider for it, and exchanges it for an ID token."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from whisperfarm_contract.problems import AddressUnreachable, ForbiddenAddress, InvalidToken
from whisperfarm_dispatcher.api.caller import refused
from whisperfarm_dispatcher.api.oidc.attempt import Attempt
from whisperfarm_dispatcher.api.oidc.client_secret import authorization
from whisperfarm_dispatcher.api.oidc.provider import Provider
from whisperfarm_dispatcher.api.oidc.requests import fetch, unavailable
from whisperfarm_store import events
from whisperfarm_store.events.access import RefusalReason

NOT_ACCEPTED = "the identity provider did not confirm the sign-in; sign in again"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFlow:
    """The farm as a client of the provider. Its calls may block."""

    provider: Provider
    client_id: str
    secret_file: Path | None
    redirect_url: str
    scopes: str

    @property
    def is_https(self) -> bool:
        """Whether browsers reach the farm over HTTPS."""
        return self.redirect_url.startswith("https://")

    def authorization_url(self, attempt: Attempt) -> str:
        """Return where the browser goes. Raises `FarmUnavailable`."""
        endpoint = self.provider.endpoints().authorization_endpoint
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_url,
            "scope": self.scopes,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    def id_token(self, code: str, attempt: Attempt) -> str:
        """Return the ID token, unverified. Raises `InvalidToken` or `FarmUnavailable`."""
        url = self.provider.endpoints().token_endpoint
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_url,
            "code_verifier": attempt.verifier,
            "client_id": self.client_id,
        }
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            **authorization(self.client_id, self.secret_file),
        }
        content = urlencode(form, errors="surrogatepass").encode()
        try:
            answer = fetch(self.provider.client(url), "POST", url, headers=headers, content=content)
        except (AddressUnreachable, ForbiddenAddress) as error:
            events.access.provider_unavailable.log(error=str(error))
            raise unavailable() from None
        except ValueError:
            answer = {}
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise refused(InvalidToken(NOT_ACCEPTED), RefusalReason.PROVIDER)
        return token
