"""Settings come from the environment and are checked at once."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from whisperfarm_contract.problems import SettingsWrong
from whisperfarm_store.settings import StoreSettings


def test_with_no_settings_at_all_everything_lives_in_one_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    settings = StoreSettings()
    home = tmp_path / "whisperfarm"
    assert settings.data_dir == home
    assert settings.ledger_url == f"sqlite:///{home}/ledger.sqlite"
    assert settings.blobs_url == str(home / "blobs")
    assert (settings.messages_url, settings.broker_dir) == ("filesystem://", home / "broker")


def test_the_data_folder_is_in_the_home_folder_by_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert StoreSettings().data_dir == tmp_path / ".local/share/whisperfarm"


def test_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHISPERFARM_DATABASE_URL", "postgresql://db/farm")
    monkeypatch.setenv("WHISPERFARM_PRESETS", "demo, large-v3,")
    monkeypatch.setenv("WHISPERFARM_LEASE_S", "12.5")
    settings = StoreSettings()
    assert settings.ledger_url == "postgresql://db/farm"
    assert settings.presets == ("demo", "large-v3")
    assert settings.lease_s == 12.5


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHISPERFARM_LEASE_S", "")
    assert StoreSettings().lease_s == 30


def test_a_relative_folder_means_the_same_in_every_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
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
def test_a_setting_that_can_not_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsWrong, match=name) as raised:
        StoreSettings()
    assert raised.value.exit_code == 78


def test_all_wrong_settings_are_named_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHISPERFARM_LEASE_S", "soon")
    monkeypatch.setenv("WHISPERFARM_LOG_LEVEL", "loud")
    with pytest.raises(SettingsWrong, match=r"LEASE_S.*LOG_LEVEL"):
        StoreSettings()


def test_a_setting_can_not_be_changed_later(settings: StoreSettings) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        settings.lease_s = 1.0  # type: ignore[misc]


def test_own_presets_can_be_served(tmp_path: Path) -> None:
    table = tmp_path / "presets.toml"
    table.write_text('[callcentre]\nasr = "small"\ndiarize = true\n')
    settings = StoreSettings(presets_file=table, presets=("callcentre", "demo"))
    assert list(settings.served()) == ["callcentre", "demo"]
    assert settings.served()["callcentre"].diarize


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in StoreSettings.model_fields.values())


def test_the_earlier_name_of_the_s3_server_is_understood_and_ours_wins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("S3_ENDPOINT", "http://earlier:9000")
    assert StoreSettings().s3_endpoint_url == "http://earlier:9000"
    monkeypatch.setenv("WHISPERFARM_S3_ENDPOINT_URL", "http://ours:9000")
    assert StoreSettings().s3_endpoint_url == "http://ours:9000"
    assert StoreSettings(s3_endpoint_url="http://told:9000").s3_endpoint_url == "http://told:9000"
