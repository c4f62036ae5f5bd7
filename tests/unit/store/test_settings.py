"""Settings are read from the environment and validated at once."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.settings import StoreSettings


def test_defaults_use_one_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    settings = StoreSettings()
    home = tmp_path / "whisperfarm"
    assert settings.data_dir == home
    assert settings.resolved_database_url == f"sqlite:///{home}/ledger.sqlite"
    assert settings.resolved_blob_url == str(home / "blobs")
    assert (settings.resolved_broker_url, settings.broker_dir) == ("filesystem://", home / "broker")


def test_data_dir_defaults_to_the_home_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert StoreSettings().data_dir == tmp_path / ".local/share/whisperfarm"


def test_settings_read_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHISPERFARM_DATABASE_URL", "postgresql://db/farm")
    monkeypatch.setenv("WHISPERFARM_PRESETS", "demo, large-v3,")
    monkeypatch.setenv("WHISPERFARM_LEASE_S", "12.5")
    settings = StoreSettings()
    assert settings.resolved_database_url == "postgresql://db/farm"
    assert settings.presets == ("demo", "large-v3")
    assert settings.lease_s == 12.5


def test_empty_variable_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHISPERFARM_LEASE_S", "")
    assert StoreSettings().lease_s == 30


def test_relative_folder_is_made_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert StoreSettings(data_dir=Path("here")).data_dir == tmp_path / "here"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WHISPERFARM_LEASE_S", "soon"),
        ("WHISPERFARM_LEASE_S", "0"),
        ("WHISPERFARM_MAX_ATTEMPTS", "0"),
        ("WHISPERFARM_MAX_AUDIO_S", "-1"),
        ("WHISPERFARM_LOG_FORMAT", "xml"),
        ("WHISPERFARM_PRESETS", "no-such-preset"),
        ("WHISPERFARM_PRESETS", " , "),
    ],
)
def test_invalid_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSettings, match=name) as raised:
        StoreSettings()
    assert raised.value.exit_code == 78


def test_all_invalid_settings_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHISPERFARM_LEASE_S", "soon")
    monkeypatch.setenv("WHISPERFARM_LOG_LEVEL", "loud")
    with pytest.raises(InvalidSettings, match=r"LEASE_S.*LOG_LEVEL"):
        StoreSettings()


def test_settings_are_frozen(settings: StoreSettings) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        settings.lease_s = 1.0  # type: ignore[misc]


def test_custom_presets_are_served(tmp_path: Path) -> None:
    table = tmp_path / "presets.toml"
    table.write_text('[callcentre]\nasr = "small"\ndiarize = true\n')
    settings = StoreSettings(presets_file=table, presets=("callcentre", "demo"))
    assert list(settings.served_presets()) == ["callcentre", "demo"]
    assert settings.served_presets()["callcentre"].diarize


def test_every_setting_has_a_description() -> None:
    assert all(field.description for field in StoreSettings.model_fields.values())


def test_legacy_s3_endpoint_is_read_unless_ours_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("S3_ENDPOINT", "http://earlier:9000")
    assert StoreSettings().s3_endpoint_url == "http://earlier:9000"
    monkeypatch.setenv("WHISPERFARM_S3_ENDPOINT_URL", "http://ours:9000")
    assert StoreSettings().s3_endpoint_url == "http://ours:9000"
    assert StoreSettings(s3_endpoint_url="http://given:9000").s3_endpoint_url == "http://given:9000"
