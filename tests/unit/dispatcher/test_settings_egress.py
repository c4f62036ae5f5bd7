"""Settings of callbacks and of the RabbitMQ door."""

import base64
from pathlib import Path
from typing import Any

import pytest

from whisperfarm_contract.problems import SettingsWrong
from whisperfarm_dispatcher.settings import DispatcherSettings

SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
RABBIT = {"broker_url": "amqp://farm:x@rabbit//", "rabbitmq_door": True}


def settings(tmp_path: Path, **given: Any) -> DispatcherSettings:
    return DispatcherSettings(data_dir=tmp_path, **given)


def test_secrets_do_not_show_themselves(tmp_path: Path) -> None:
    made = settings(tmp_path, callback_secrets=SECRET)
    assert len(made.secrets.of("default")) == 1
    assert SECRET.removeprefix("whsec_") not in f"{made!r}{made.secrets!r}"


@pytest.mark.parametrize(
    ("given", "variable"),
    [
        ({"callback_secrets": "whsec_short"}, "WHISPERFARM_CALLBACK_SECRETS"),
        ({"allowed_networks": "10.0.0.0/99"}, "WHISPERFARM_ALLOWED_NETWORKS"),
        ({"rabbitmq_door": True}, "WHISPERFARM_RABBITMQ_DOOR"),
        ({**RABBIT, "rabbitmq_tenants": "default,dead"}, "WHISPERFARM_RABBITMQ_TENANTS"),
        ({**RABBIT, "rabbitmq_tenants": "a.b"}, "WHISPERFARM_RABBITMQ_TENANTS"),
    ],
)
def test_what_can_not_be_used_is_refused_by_name(
    tmp_path: Path, given: dict[str, Any], variable: str
) -> None:
    with pytest.raises(SettingsWrong, match=variable):
        settings(tmp_path, **given)


def test_a_preset_can_not_have_the_doors_queue(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[jobs]\nasr = "small"\n')
    given = {"presets_file": own, "presets": "jobs"}
    settings(tmp_path, **given)
    with pytest.raises(SettingsWrong, match="WHISPERFARM_PRESETS"):
        settings(tmp_path, **given, **RABBIT)


def test_the_door_is_closed_by_default(tmp_path: Path) -> None:
    made = settings(tmp_path)
    assert not made.rabbitmq_door
    assert made.rabbitmq_tenants == ("default",)


def test_tenants_are_read_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHISPERFARM_RABBITMQ_TENANTS", "default, acme")
    assert settings(tmp_path, **RABBIT).rabbitmq_tenants == ("default", "acme")
