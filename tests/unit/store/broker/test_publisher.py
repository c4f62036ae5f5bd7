"""Publishing jobs to the broker."""

import shutil

import pytest

from whisperfarm_contract import identifiers
from whisperfarm_contract.problems import FarmUnavailable, UnknownModel
from whisperfarm_store.broker import Publisher, celery_app
from whisperfarm_store.settings import StoreSettings


def test_message_has_the_job_id_only(settings: StoreSettings) -> None:
    app = celery_app(settings)
    Publisher(app).publish(["job-1"], "demo")
    with app.connection_for_read() as connection:
        message = connection.default_channel.basic_get(identifiers.queue_name("demo"), no_ack=True)
    assert message.headers["task"] == identifiers.CELERY_TASK
    assert message.headers["id"] == "job-1"
    assert message.decode()[:2] == [["job-1"], {}]


def test_publish_names_a_preset_that_is_not_served(settings: StoreSettings) -> None:
    with pytest.raises(UnknownModel, match="large-v3"):
        Publisher(celery_app(settings)).publish(["job-1"], "large-v3")


def test_publish_reports_a_broker_that_rejects(settings: StoreSettings) -> None:
    publisher = Publisher(celery_app(settings))
    shutil.rmtree(settings.broker_dir)
    with pytest.raises(FarmUnavailable, match="broker"):
        publisher.publish(["job-1"], "demo")


def test_publish_reports_an_unavailable_broker_soon(settings: StoreSettings) -> None:
    nobody = settings.model_copy(update={"broker_url": "amqp://guest:guest@127.0.0.1:9/"})
    with pytest.raises(FarmUnavailable, match="refused"):
        Publisher(celery_app(nobody)).publish(["job-1"], "demo")
