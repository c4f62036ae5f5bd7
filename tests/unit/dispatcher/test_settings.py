import pytest

from whisperfarm_contract.problems import InvalidSettings
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
    settings = DispatcherSettings()
    assert settings.api_keys is not None
    assert "first-key" not in settings.api_keys.get_secret_value()
    assert settings.tenants == {"north"}


def test_key_of_a_caller_and_an_operator_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHISPERFARM_API_KEYS", "north:first-key")
    monkeypatch.setenv("WHISPERFARM_OPERATOR_KEYS", "north:first-key")
    with pytest.raises(InvalidSettings, match="WHISPERFARM_OPERATOR_KEYS"):
        DispatcherSettings()


def test_invalid_value_is_rejected_with_its_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WHISPERFARM_PORT", "70000")
    with pytest.raises(InvalidSettings, match="WHISPERFARM_PORT"):
        DispatcherSettings()
