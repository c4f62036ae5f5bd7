"""A dispatcher that starts logs the configuration that has changed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.ledger import open_migrated
from whisperfarm_contract.presets import PRESETS
from whisperfarm_dispatcher.configuration_audit import record_configuration
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_store.ledger import AuditLog, Ledger

OF_DEMO = {"demo": PRESETS["demo"]}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_migrated(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield opened
    opened.close()


def bodies(audit_log: AuditLog) -> list[tuple[str, dict[str, Any]]]:
    return [(one.kind, json.loads(one.body)) for one in audit_log.stream()]


def test_changes_alone_are_logged(ledger: Ledger, tmp_path: Path) -> None:
    log, first = ledger.audit_log, DispatcherSettings(data_dir=tmp_path)
    for _ in range(2):
        record_configuration(log, first, OF_DEMO)
    kinds = ["settings-changed", "roles-changed", "presets-changed"]
    assert [kind for kind, _ in bodies(log)] == kinds
    roles = tmp_path / "roles.yaml"
    roles.write_text("roles:\n  auditor: [read:audit]\n")
    second = DispatcherSettings(data_dir=tmp_path, roles_file=roles, max_attempts=5)
    record_configuration(log, second, OF_DEMO)
    changed = dict(bodies(log)[3:])
    assert changed["settings-changed"]["settings"]["max_attempts"] == 5
    assert changed["roles-changed"]["roles"]["auditor"] == ["read:audit"]
    record_configuration(log, second, {**OF_DEMO, "small": PRESETS["small"]})
    [(kind, body)] = bodies(log)[5:]
    assert kind == "presets-changed"
    assert sorted(body["presets"]) == ["demo", "small"]


def test_change_of_a_redaction_pattern_is_logged_by_digest(ledger: Ledger, tmp_path: Path) -> None:
    log, file = ledger.audit_log, tmp_path / "redaction.yaml"
    for digits in (5, 5, 6):
        file.write_text(f"patterns: {{staff: 'EMP[0-9]{{{digits}}}'}}")
        settings = DispatcherSettings(data_dir=tmp_path, redaction_file=file)
        record_configuration(log, settings, OF_DEMO)
    digests = [
        body["redaction"]["staff"] for kind, body in bodies(log) if kind == "settings-changed"
    ]
    assert len(set(digests)) == len(digests) == 2
    assert "EMP" not in str(bodies(log))


def test_secrets_are_not_logged(ledger: Ledger) -> None:
    settings = DispatcherSettings(
        database_url="postgresql://farm:first-secret@db/farm",
        broker_url="amqp://farm:second-secret@a//;amqp://farm:second-secret@b//",
        redis_url="redis://:third-secret@cache",
        api_keys="north:fourth-secret",
    )
    record_configuration(ledger.audit_log, settings, OF_DEMO)
    [(_, body), *_] = bodies(ledger.audit_log)
    assert "secret" not in str(body)
    assert body["settings"]["database_url"] == "postgresql://farm:***@db/farm"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("amqp://farm:a@secret/b@host//", "amqp://farm:***@host//"),
        ("amqp://farm:a secret@host//", "amqp://farm:***@host//"),
        ("redis://:a@secret@b;redis://:a;secret@c", "redis://:***@b;redis://:***@c"),
        ("postgresql://farm@zone:secret@db/farm", "postgresql://farm@zone:***@db/farm"),
        ("postgresql://db/farm?user=u&Password=secret", "postgresql://db/farm?user=u&Password=***"),
        ("https://host/keys?sig=secret&v=1", "https://host/keys?sig=***&v=1"),
        ("postgresql://db:5432/farm?sslmode=require", "postgresql://db:5432/farm?sslmode=require"),
    ],
)
def test_secrets_in_addresses_are_masked(ledger: Ledger, address: str, shown: str) -> None:
    record_configuration(ledger.audit_log, DispatcherSettings(broker_url=address), OF_DEMO)
    [(_, body), *_] = bodies(ledger.audit_log)
    assert body["settings"]["broker_url"] == shown
