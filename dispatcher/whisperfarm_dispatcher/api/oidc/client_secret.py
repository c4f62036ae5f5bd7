"""How the farm authenticates at the provider: `client_secret_basic` (RFC 6749, 2.3.1)."""

from base64 import b64encode
from pathlib import Path
from urllib.parse import quote_plus

from whisperfarm_dispatcher.api.oidc.requests import unavailable
from whisperfarm_store import events


def authorization(client_id: str, secret_file: Path | None) -> dict[str, str]:
    """Return the header with the secret, or none for a public client. Raises `FarmUnavailable`."""
    if secret_file is None:
        return {}
    try:
        secret = secret_file.read_text().strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        events.access.provider_unavailable.log(error=f"{secret_file}: {reason}")
        raise unavailable() from None
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
