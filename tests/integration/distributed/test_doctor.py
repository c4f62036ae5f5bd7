"""What `whisperfarm doctor` reports about servers."""

import gc
from collections.abc import Callable
from pathlib import Path

import pytest
from kombu import Connection, Queue

from tests.servers.distributed import DistributedServers
from whisperfarm.doctor import services, storage
from whisperfarm.doctor.finding import Finding, Severity
from whisperfarm_store.settings import StoreSettings

Check = Callable[[StoreSettings], Finding]


@pytest.fixture
def settings(
    servers: DistributedServers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> StoreSettings:
    """Return the settings of a farm on all four servers."""
    for name, value in servers.settings(prefix="doctor").items():
        monkeypatch.setenv(name, value)
    return StoreSettings(data_dir=tmp_path)


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (storage.blobs, "written, read and deleted"),
        (services.broker, "RabbitMQ"),
        (services.notifications, "a published message was received"),
    ],
)
def test_working_server_does_not_fail(settings: StoreSettings, check: Check, text: str) -> None:
    finding = check(settings)
    assert finding.severity is not Severity.FAIL, finding
    assert text in finding.text


def test_database_without_fsync_gives_a_warning(settings: StoreSettings) -> None:
    finding = storage.database(settings)  # the test server runs without fsync
    assert finding.severity is Severity.WARN
    assert "fsync is off" in finding.text


@pytest.mark.parametrize(
    ("change", "check", "text"),
    [
        ({"database_url": "postgresql://farm:no@127.0.0.1:9/x"}, storage.database, "refused"),
        ({"blob_url": "s3://nowhere"}, storage.blobs, "does not exist"),
        ({"broker_url": "amqp://farm:no@127.0.0.1:9//"}, services.broker, "refused"),
        ({"redis_url": "redis://127.0.0.1:9/0"}, services.notifications, "refused"),
    ],
)
def test_unreachable_server_is_named_with_its_setting(
    settings: StoreSettings, change: dict[str, str], check: Check, text: str
) -> None:
    finding = check(StoreSettings(**{"data_dir": settings.data_dir, **change}))
    assert finding.severity is Severity.FAIL
    assert text in finding.text
    assert "WHISPERFARM_" in finding.text + finding.hint


# py-amqp leaks the socket of a rejected login; collect it here and not in another test.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_wrong_password_fails_and_is_not_shown(
    settings: StoreSettings, servers: DistributedServers
) -> None:
    wrong = servers.rabbitmq.url.replace(servers.rabbitmq.password, "guessed")
    finding = services.broker(settings.model_copy(update={"broker_url": wrong}))
    assert finding.severity is Severity.FAIL
    assert "guessed" not in finding.text
    gc.collect()


def test_queue_with_other_arguments_fails(
    settings: StoreSettings, servers: DistributedServers
) -> None:
    with Connection(servers.rabbitmq.url) as connection:
        channel = connection.channel()
        Queue("whisperfarm.balanced", durable=True)(channel).declare()
        finding = services.broker(settings.model_copy(update={"presets": ("balanced",)}))
        channel.queue_delete("whisperfarm.balanced")
    assert finding.severity is Severity.FAIL
    assert "whisperfarm.balanced cannot be used" in finding.text
