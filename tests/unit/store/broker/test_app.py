"""The Celery app, with the settings that brokers and Flower read."""

import pytest

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.broker import celery_app
from whisperfarm_store.settings import StoreSettings


def test_each_preset_has_a_queue_and_no_other_exists(settings: StoreSettings) -> None:
    app = celery_app(settings.model_copy(update={"presets": ("demo", "fast")}))
    assert list(app.amqp.queues) == ["whisperfarm.demo", "whisperfarm.fast"]
    with pytest.raises(KeyError):
        app.amqp.queues["whisperfarm.large-v3"]


def test_only_json_is_accepted(settings: StoreSettings) -> None:
    conf = celery_app(settings).conf
    spoken = {conf.task_serializer, conf.result_serializer, conf.event_serializer}
    assert (spoken, list(conf.accept_content)) == ({"json"}, ["json"])


def test_embedded_broker_is_readable_by_the_owner_only(settings: StoreSettings) -> None:
    celery_app(settings)
    folders = [settings.broker_dir, *settings.broker_dir.iterdir()]
    assert {folder.name for folder in folders} == {"broker", "messages", "taken", "control"}
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}


def test_folder_that_cannot_be_created_is_named(settings: StoreSettings) -> None:
    settings.data_dir.touch()
    with pytest.raises(InvalidSettings, match=r"WHISPERFARM_DATA_DIR.*broker"):
        celery_app(settings)


@pytest.mark.parametrize("url", ["amqp://rabbit", "amqps://rabbit", "pyamqp://rabbit"])
def test_rabbitmq_has_confirms_and_quorum_queues(settings: StoreSettings, url: str) -> None:
    app = celery_app(settings.model_copy(update={"broker_url": url, "max_audio_s": 3600.0}))
    [queue] = app.amqp.queues.values()
    assert app.conf.broker_transport_options["confirm_publish"]
    assert queue.queue_arguments["x-queue-type"] == "quorum"
    assert queue.queue_arguments["x-dead-letter-exchange"] == "whisperfarm.dead"
    assert queue.queue_arguments["x-consumer-timeout"] > 2 * 3600 * 1000


@pytest.mark.parametrize("url", ["filesystem://", "memory://", "redis://host/0"])
def test_other_brokers_have_queues_without_arguments(settings: StoreSettings, url: str) -> None:
    [queue] = celery_app(settings.model_copy(update={"broker_url": url})).amqp.queues.values()
    assert not queue.queue_arguments


def test_redis_visibility_timeout_exceeds_any_attempt(settings: StoreSettings) -> None:
    app = celery_app(settings.model_copy(update={"broker_url": "redis://host/0"}))
    options = app.conf.broker_transport_options
    assert options["visibility_timeout"] > 2 * settings.max_audio_s
