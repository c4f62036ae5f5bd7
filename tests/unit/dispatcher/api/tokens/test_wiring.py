"""Settings of tokens that contradict each other are refused at the start."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.tokens import jwks
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_dispatcher.settings import DispatcherSettings

NAMED = {"token_issuer": "https://login.example.org", "token_audience": "farm"}
SECRET = "0123456789abcdef0123456789abcdef"
URL = "https://login.example.org/keys"


@pytest.mark.parametrize(
    ("given", "variable"),
    [
        ({"token_secret": SECRET}, "TOKEN_ISSUER"),
        ({"token_secret": SECRET, "token_issuer": "i"}, "TOKEN_AUDIENCE"),
        (NAMED, "TOKEN_SECRET"),
        ({**NAMED, "token_secret": SECRET, "token_jwks_url": URL}, "set one of them"),
        ({**NAMED, "token_secret": "short"}, "TOKEN_SECRET"),
        ({**NAMED, "token_jwks_file": Path("none.json")}, "TOKEN_JWKS_FILE"),
        ({**NAMED, "token_jwks_file": Path("broken.json")}, "TOKEN_JWKS_FILE"),
        ({**NAMED, "token_jwks_url": "http://127.0.0.1/keys"}, "TOKEN_JWKS_URL"),
        ({**NAMED, "token_jwks_url": "file:///etc/keys"}, "TOKEN_JWKS_URL"),
    ],
)
def test_unusable_settings_are_rejected_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], variable: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken.json").write_text("{}")
    with pytest.raises(InvalidSettings, match=variable) as raised:
        DispatcherSettings(data_dir=tmp_path, **given)
    assert SECRET not in str(raised.value)


def test_farm_that_accepts_tokens_requires_a_key(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_bytes(jwks())
    keys: dict[str, Any] = {"token_jwks_file": tmp_path / "keys.json"}
    assert DispatcherSettings(data_dir=tmp_path, **NAMED, **keys).requires_key
    hidden = DispatcherSettings(data_dir=tmp_path, **NAMED, token_secret=SECRET)
    assert SECRET not in repr(hidden)
