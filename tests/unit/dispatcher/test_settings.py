import pytest

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_dispatcher.api.keys import read_keys
from whisperfarm_dispatcher.settings import DispatcherSettings


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WHISPERFARM_API_KEYS", "API_KEYS", "WHISPERFARM_PORT"):
        monkeypatch.delenv(name, raising=False)


def test_default_settings_listen_on_loopback() -> None:
    settings = DispatcherSettings()
    assert (settings.host, settings.port, settings.api_keys) == ("127.0.0.1", 8000, None)


@pytest.mark.parametrize("name", ["WHISPERFARM_API_KEYS", "API_KEYS"])
def test_api_keys_have_two_names_and_are_kept_hashed(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "north:first-key")
    keys = DispatcherSettings().api_keys
    assert keys is not None
    assert "first-key" not in keys.get_secret_value()
    assert read_keys(keys.get_secret_value()).tenant_of("first-key") == "north"


def test_invalid_value_is_rejected_with_its_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WHISPERFARM_PORT", "70000")
    with pytest.raises(InvalidSettings, match="WHISPERFARM_PORT"):
        DispatcherSettings()
