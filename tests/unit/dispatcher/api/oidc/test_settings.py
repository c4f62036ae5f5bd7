"""Settings of the identity provider that contradict each other are refused at the start."""

from pathlib import Path
from typing import Any

import pytest

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_dispatcher.settings import DispatcherSettings

VALID = {
    "oidc_issuer": "http://127.0.0.1:8080",
    "oidc_client_id": "farm",
    "oidc_redirect_url": "https://farm.example.org/below/page/session/callback",
}


@pytest.mark.parametrize(
    ("changes", "variable"),
    [
        ({"oidc_issuer": None}, "OIDC_ISSUER"),
        ({"oidc_client_id": None}, "OIDC_CLIENT_ID"),
        ({"oidc_issuer": "login.example.org"}, "OIDC_ISSUER"),
        ({"oidc_issuer": "https://login.example.org/?a=b"}, "OIDC_ISSUER"),
        ({"oidc_redirect_url": "https://farm.example.org/"}, "OIDC_REDIRECT_URL"),
        ({"oidc_scopes": "profile"}, "OIDC_SCOPES"),
        (dict.fromkeys(VALID) | {"oidc_client_secret_file": Path("s")}, "OIDC_ISSUER"),
    ],
)
def test_unusable_settings_are_rejected_by_name(
    tmp_path: Path, changes: dict[str, Any], variable: str
) -> None:
    with pytest.raises(InvalidSettings, match=variable):
        DispatcherSettings(data_dir=tmp_path, **(VALID | changes))


def test_farm_with_a_provider_requires_a_key(tmp_path: Path) -> None:
    assert DispatcherSettings(data_dir=tmp_path, **VALID).requires_key
    assert not DispatcherSettings(data_dir=tmp_path).requires_key
