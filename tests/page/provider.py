"""An identity provider, and farms whose people sign in there."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.page.farm import URL, PageFarm

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its library warns of its own next version
    from oidc_provider_mock import run_server_in_thread


@contextmanager
def started(**options: Any) -> Iterator[str]:
    """Run a provider. Yields its issuer."""
    with run_server_in_thread(**options) as server:
        yield f"http://localhost:{server.server_port}"


def farm_of(issuer: str, folder: Path, *, url: str = URL, **changes: Any) -> PageFarm:
    """Return a farm at the address `url` whose people sign in at the issuer."""
    secret = folder / "secret"
    secret.write_text("of the farm\n")
    return PageFarm(
        folder,
        oidc_issuer=issuer,
        oidc_client_id="whisperfarm",
        oidc_client_secret_file=secret,
        oidc_redirect_url=f"{url}/page/session/callback",
        **changes,
    )
