"""Settings of callbacks and of the AMQP ingress."""

import base64
from pathlib import Path
from typing import Any

import pytest

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_dispatcher.settings import DispatcherSettings

SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
RABBIT = {"broker_url": "amqp://farm:x@rabbit//", "amqp_ingress": True}


def settings(tmp_path: Path, **given: Any) -> DispatcherSettings:
    return DispatcherSettings(data_dir=tmp_path, **given)


def test_repr_hides_secrets(tmp_path: Path) -> None:
    made = settings(tmp_path, callback_secrets=SECRET)
    assert len(made.secrets.for_tenant("default")) == 1
    assert SECRET.removeprefix("whsec_") not in f"{made!r}{made.secrets!r}"


@pytest.mark.parametrize(
    ("given", "variable"),
    [
        ({"callback_secrets": "whsec_short"}, "WHISPERFARM_CALLBACK_SECRETS"),
        ({"allowed_networks": "10.0.0.0/99"}, "WHISPERFARM_ALLOWED_NETWORKS"),
        ({"amqp_ingress": True}, "WHISPERFARM_AMQP_INGRESS"),
        ({**RABBIT, "amqp_tenants": "default,dead"}, "WHISPERFARM_AMQP_TENANTS"),
        ({**RABBIT, "amqp_tenants": "a.b"}, "WHISPERFARM_AMQP_TENANTS"),
        ({**RABBIT, "amqp_role": "sender"}, "WHISPERFARM_AMQP_ROLE"),
    ],
)
def test_unusable_settings_are_rejected_by_name(
    tmp_path: Path, given: dict[str, Any], variable: str
) -> None:
    with pytest.raises(InvalidSettings, match=variable):
        settings(tmp_path, **given)


def test_preset_cannot_use_the_queue_of_the_amqp_ingress(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[jobs]\nasr = "small"\n')
    given = {"presets_file": own, "presets": "jobs"}
    settings(tmp_path, **given)
    with pytest.raises(InvalidSettings, match="WHISPERFARM_PRESETS"):
        settings(tmp_path, **given, **RABBIT)


def test_amqp_ingress_is_off_by_default(tmp_path: Path) -> None:
    made = settings(tmp_path)
    assert not made.amqp_ingress
    assert made.amqp_tenants == ("default",)


def test_amqp_tenants_are_read_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHISPERFARM_AMQP_TENANTS", "default, acme")
    assert settings(tmp_path, **RABBIT).amqp_tenants == ("default", "acme")
