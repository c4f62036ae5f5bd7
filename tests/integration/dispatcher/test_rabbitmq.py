"""The AMQP ingress with a real RabbitMQ: submissions, replies, events and dead letters."""

import base64
import json
import threading
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import amqp
import pytest

from tests.integration.dispatcher.farm import HELLO, DispatcherFarm, started
from tests.integration.dispatcher.receivers import answers, receiver, serving
from tests.servers.rabbitmq import RabbitmqServer
from tests.servers.rabbitmq import started as started_rabbitmq
from tests.support.waiting import until
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import StorageFull
from whisperfarm_store.blobs import FolderBlobs

DEADLINE_S = 60.0


class Caller:
    """A program at the other end of the broker. Use it in one thread only."""

    def __init__(self, server: RabbitmqServer) -> None:
        self._server = server
        self._connect()

    def _connect(self) -> None:
        address = f"127.0.0.1:{self._server.port}"
        self.connection = amqp.Connection(address, "farm", self._server.password)
        self.connection.connect()
        self.channel = self.connection.channel()

    def send(self, message: Any, *, to: str = "whisperfarm.jobs", **properties: Any) -> None:
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        given = {"content_type": "application/json", "delivery_mode": 2, **properties}
        self.channel.basic_publish(amqp.Message(body, **given), routing_key=to)

    def own_queue(self, *, bound_to: str = "", key: str = "") -> str:
        name: str = self.channel.queue_declare("", exclusive=True).queue
        if bound_to:
            self.channel.queue_bind(name, bound_to, key)
        return name

    def await_message(self, name: str) -> Any:
        return until(
            lambda: self.channel.basic_get(name, no_ack=True),
            f"a message in {name}",
            within_s=DEADLINE_S,
        )

    def count(self, name: str) -> int:
        """Return how many messages are ready in the queue, without unacknowledged ones."""
        return int(self.channel.queue_declare(name, passive=True).message_count)

    def is_purged(self, name: str) -> bool:
        """Purge the queue. RabbitMQ closes the connection while a new queue has no leader yet."""
        try:
            self.channel.queue_purge(name)
        except amqp.InternalError:
            self._connect()
            return False
        return True


@pytest.fixture
def settings(rabbitmq_server: RabbitmqServer) -> dict[str, Any]:
    return settings_for(rabbitmq_server)


def settings_for(server: RabbitmqServer) -> dict[str, Any]:
    return {
        "broker_url": server.url,
        "amqp_ingress": True,
        "amqp_tenants": "default,acme",
        "amqp_max_audio_bytes": 200_000,
        "callback_interval_s": 0.02,
        "allowed_networks": "127.0.0.0/8",
    }


@pytest.fixture
def caller(rabbitmq_server: RabbitmqServer) -> Iterator[Caller]:
    connected = Caller(rabbitmq_server)
    yield connected
    connected.connection.close()


@pytest.fixture
def farm(tmp_path: Path, settings: dict[str, Any], caller: Caller) -> Iterator[DispatcherFarm]:
    with started(tmp_path, **settings) as running:
        await_queues(caller)
        for name in ("whisperfarm.jobs", "whisperfarm.jobs.acme", "whisperfarm.jobs.dead"):
            until(partial(caller.is_purged, name), f"{name} to be purged")
        yield running


def await_queues(caller: Caller) -> None:
    def look() -> bool:
        try:
            caller.count("whisperfarm.jobs.acme")
        except amqp.NotFound:
            caller.channel = caller.connection.channel()
            return False
        return True

    until(look, "the queue of the tenant", within_s=DEADLINE_S)


def message(audio: bytes, **members: Any) -> dict[str, Any]:
    return message_of({"base64": base64.b64encode(audio).decode()}, **members)


def message_of(audio: dict[str, str], **members: Any) -> dict[str, Any]:
    return {"id": uuid.uuid4().hex, "audio": audio, "filename": "call.wav", **members}


def await_job(farm: DispatcherFarm, *, tenant: str = "default") -> Job:
    return until(
        lambda: farm.deps.ledger.jobs.list_for_tenant(tenant), "a job", within_s=DEADLINE_S
    )[0]


def refused(caller: Caller) -> tuple[str, str]:
    """Return the reason of the next dead letter: name and detail."""
    dead = caller.await_message("whisperfarm.jobs.dead")
    headers = dead.headers
    return headers["x-problem-name"], headers["x-problem-detail"]


def test_message_creates_a_job(farm: DispatcherFarm, caller: Caller, audio: bytes) -> None:
    labels = {"batch": "night", "reference": "call 17", "metadata": {"agent": "Zoë"}}
    caller.send(message(audio, language="en", deadline_s=60, filename="/x/call.wav", **labels))
    job = await_job(farm)
    assert job.labels.to_wire() == labels
    assert (job.options.language, job.policy.deadline_s) == ("en", 60)
    assert (job.audio.filename, job.audio.duration_s) == ("call.wav", 0.5)
    with farm.deps.blobs.open(job.audio.key) as blob:
        assert blob.read() == audio


def test_outcome_reaches_reply_queue_and_results_exchange(
    farm: DispatcherFarm, caller: Caller, audio: bytes
) -> None:
    mine = caller.own_queue()
    open_listener = caller.own_queue(bound_to="whisperfarm.results", key="default.succeeded")
    caller.send(message(audio, id="call-7"), reply_to=mine, correlation_id="c-7")
    job = await_job(farm)
    farm.succeed(farm.claim(job.id), HELLO)
    for name in (mine, open_listener):
        received = caller.await_message(name)
        event = json.loads(received.body)
        assert (event["type"], event["data"]["id"]) == ("job.succeeded", job.id)
        assert event["message_id"] == "call-7"
        assert "hello there" not in received.body
        assert (received.correlation_id, received.properties["type"]) == ("c-7", "job.succeeded")
        assert received.content_type == "application/json"


def test_transcript_reaches_only_the_reply_queue(
    farm: DispatcherFarm, caller: Caller, audio: bytes
) -> None:
    mine = caller.own_queue()
    open_listener = caller.own_queue(bound_to="whisperfarm.results", key="default.succeeded")
    caller.send(message(audio, result="inline"), reply_to=mine)
    farm.succeed(farm.claim(await_job(farm).id), HELLO)
    replied = json.loads(caller.await_message(mine).body)["data"]
    assert replied["transcript"] == HELLO.to_wire()
    assert "transcript" not in json.loads(caller.await_message(open_listener).body)["data"]


def test_reply_to_a_missing_queue_fails_alone(
    farm: DispatcherFarm, caller: Caller, audio: bytes
) -> None:
    open_listener = caller.own_queue(bound_to="whisperfarm.results", key="*.cancelled")
    caller.send(message(audio), reply_to="nobody-is-here")
    job = await_job(farm)
    farm.deps.ledger.jobs.request_cancel(job.id, tenant="default")
    assert json.loads(caller.await_message(open_listener).body)["data"]["id"] == job.id
    states = await_ended_callbacks(farm, job.id)
    assert states["queue:nobody-is-here"][0] == "failed"
    assert "no queue 'nobody-is-here'" in str(states["queue:nobody-is-here"][1])
    assert states["exchange:whisperfarm.results"] == ("delivered", None)


def await_ended_callbacks(farm: DispatcherFarm, job_id: str) -> dict[str, tuple[str, str | None]]:
    def look() -> dict[str, tuple[str, str | None]] | None:
        received = farm.deps.ledger.callbacks.list_for_job(job_id, tenant="default")
        ended = all(one.state != "pending" for one in received)
        return {one.address: (one.state, one.last_error) for one in received} if ended else None

    return until(look, "the end of all callbacks", within_s=DEADLINE_S)


def test_redelivered_message_creates_one_job(
    farm: DispatcherFarm, caller: Caller, audio: bytes
) -> None:
    twice = message(audio)
    caller.send(twice)
    caller.send(twice)
    caller.send(message(audio, id=None), message_id="by-property")
    caller.send(message(audio, id=None), message_id="by-property")
    caller.send(b"a marker")  # received last, or nearly: only a few are in flight
    refused(caller)
    await_count(farm, 2)
    await_nothing_held(farm, caller)
    assert len(farm.jobs()) == 2


def await_count(farm: DispatcherFarm, count: int) -> None:
    until(lambda: len(farm.jobs()) >= count, f"{count} jobs", within_s=DEADLINE_S)


def await_nothing_held(farm: DispatcherFarm, caller: Caller) -> None:
    """Stop the dispatcher, then check that it has acknowledged all messages."""
    farm.server.should_exit = True

    def consumers() -> int:
        queue = caller.channel.queue_declare("whisperfarm.jobs", passive=True)
        return int(queue.consumer_count)

    until(lambda: not consumers(), "the end of the consumer", within_s=DEADLINE_S)
    assert caller.count("whisperfarm.jobs") == 0


def test_each_tenant_submits_at_its_own_queue(
    farm: DispatcherFarm, caller: Caller, audio: bytes
) -> None:
    caller.send(message(audio, tenant="acme"), to="whisperfarm.jobs.acme")
    assert await_job(farm, tenant="acme").tenant == "acme"
    caller.send(message(audio, tenant="acme"))
    assert refused(caller)[1].startswith("tenant: ")
    assert farm.jobs() == []


def test_role_of_the_senders_limits_what_messages_ask_for(
    tmp_path: Path, settings: dict[str, Any], caller: Caller, audio: bytes
) -> None:
    with started(tmp_path, **settings, amqp_role="submitter") as farm:
        await_queues(caller)
        until(partial(caller.is_purged, "whisperfarm.jobs.dead"), "the purge")
        caller.send(message(audio, result="inline"), reply_to=caller.own_queue())
        name, detail = refused(caller)
        assert name == "permission-denied"
        assert "the role submitter does not have the permission read:transcriptions" in detail
        caller.send(message(audio))
        assert await_job(farm).audio.filename == "call.wav"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"id": None}, ("client-error", "message_id")),
        ({"audio": {}}, ("missing-audio", "audio")),
        ({"audio": {"base64": "no base64!"}}, ("client-error", "base64")),
        ({"audio": {"base64": "AAAA", "url": "x"}}, ("missing-audio", "one of")),
        ({"audio": {"base64": ""}}, ("audio-empty", "empty")),
        ({"audio": {"base64": "TW96aWxsYQ=="}}, ("audio-unreadable", "first bytes")),
        ({"audio": {"base64": "A" * 400_000}}, ("audio-too-large", "200000")),
        ({"audio": {"blob": "audio/acme/j1"}}, ("client-error", "intake/default/")),
        ({"audio": {"blob": "intake/acme/j1"}}, ("client-error", "intake/default/")),
        ({"audio": {"blob": "intake/default/../../x"}}, ("client-error", "cannot be the key")),
        ({"audio": {"blob": "intake/default/none"}}, ("missing-audio", "no blob")),
        ({"audio": {"url": "http://10.0.0.1/x"}}, ("forbidden-address", "not a public address")),
        ({"audio": {"url": "file:///etc/passwd"}}, ("forbidden-address", "http")),
        ({"model": "gpt"}, ("unknown-model", "gpt")),
        ({"lanugage": "en"}, ("unknown-option", "lanugage")),
        ({"language": ["en"]}, ("unknown-language", "language")),
        ({"callback_url": "https://example.com"}, ("invalid-option", "callback_url")),
    ],
)
def test_invalid_message_becomes_a_dead_letter_with_reason(
    farm: DispatcherFarm,
    caller: Caller,
    audio: bytes,
    change: dict[str, Any],
    expected: tuple[str, str],
) -> None:
    caller.send({**message(audio), **change})
    name, detail = refused(caller)
    assert name == expected[0]
    assert expected[1] in detail
    assert farm.jobs() == []
    assert farm.blobs() == []


@pytest.mark.parametrize("body", [b"", b"[" * 100_000])
def test_unreadable_message_becomes_a_dead_letter(
    farm: DispatcherFarm, caller: Caller, body: bytes
) -> None:
    caller.send(body, message_id="m-1", correlation_id="c-1", application_headers={"x-own": "1"})
    dead = caller.await_message("whisperfarm.jobs.dead")
    assert dead.body == (body.decode() if body != b"\xff" else body)
    assert dead.headers["x-problem-name"] == "client-error"
    assert (dead.headers["x-own"], dead.properties["message_id"]) == ("1", "m-1")


def test_invalid_message_gets_a_reply_with_the_reason(farm: DispatcherFarm, caller: Caller) -> None:
    mine = caller.own_queue()
    caller.send({"id": "call-8"}, reply_to=mine, correlation_id="c-2")
    received = caller.await_message(mine)
    assert (received.properties["type"], received.correlation_id) == ("message.rejected", "c-2")
    event = json.loads(received.body)
    assert (event["message_id"], event["data"]["problem"]["name"]) == ("call-8", "missing-audio")


@pytest.mark.parametrize(
    "name", ["whisperfarm.jobs", "whisperfarm.demo", "celery", "w@h.celery.pidbox"]
)
def test_reserved_queues_get_no_replies(
    farm: DispatcherFarm, caller: Caller, audio: bytes, name: str
) -> None:
    caller.send(message(audio), reply_to=name)
    assert refused(caller)[1].startswith("reply_to: ")


def test_audio_blob_is_copied(farm: DispatcherFarm, caller: Caller, audio: bytes) -> None:
    farm.deps.blobs.put("intake/default/2024/call.wav", audio)
    caller.send(message_of({"blob": "intake/default/2024/call.wav"}))
    job = await_job(farm)
    assert job.audio.key == f"audio/default/{job.id}"
    assert farm.deps.blobs.size(job.audio.key) == len(audio)


def test_legs_become_one_job(farm: DispatcherFarm, caller: Caller, audio: bytes) -> None:
    farm.deps.blobs.put("intake/default/customer.wav", audio)
    inline = {**message(audio)["audio"], "offset_s": 0, "name": "agent"}
    stored = {"blob": "intake/default/customer.wav", "offset_s": 5}
    caller.send({"id": "call-19", "legs": [inline, stored]})
    job = await_job(farm)
    assert job.options.to_wire() == {"leg_offset_s": "0,5", "leg_name": "agent,"}
    assert job.audio.duration_s == 5.5
    caller.send({"id": "call-20", "legs": [inline, {**stored, "blob": "intake/default/gone.wav"}]})
    assert refused(caller) == (
        "missing-audio",
        "leg 1: audio: there is no blob intake/default/gone.wav",
    )


def test_audio_url_is_fetched(farm: DispatcherFarm, caller: Caller, audio: bytes) -> None:
    with receiver(serving(audio)) as site:
        caller.send(message_of({"url": f"{site.url}/call.wav?token=t"}))
        assert await_job(farm).audio.size_bytes == len(audio)
        assert site.requests[0].path == "/call.wav?token=t"


@pytest.mark.parametrize("status", [404, 302])
def test_message_with_missing_audio_becomes_a_dead_letter(
    farm: DispatcherFarm, caller: Caller, status: int
) -> None:
    with receiver(answers(status, Location="http://127.0.0.1:1/")) as site:
        caller.send(message_of({"url": site.url}))
        assert refused(caller)[0] == "missing-audio"


def test_failing_audio_url_is_retried(farm: DispatcherFarm, caller: Caller, audio: bytes) -> None:
    with receiver(answers(503)) as site:
        caller.send(message_of({"url": site.url}))
        site.await_requests(1)
        site.behave = serving(audio)
        assert await_job(farm).audio.size_bytes == len(audio)


def test_too_large_audio_url_is_not_fetched_completely(
    tmp_path: Path, settings: dict[str, Any], caller: Caller, audio: bytes
) -> None:
    with started(tmp_path, **settings, max_upload_bytes=1 << 20) as farm:
        with receiver(serving(bytes(64 << 20))) as site:
            caller.send(message_of({"url": site.url}))
            assert refused(caller)[0] == "audio-too-large"
        assert farm.blobs() == []


class Full(FolderBlobs):
    """A blob store whose disk is full until `room` is set."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.room = threading.Event()
        self.asked = threading.Event()

    def writer(self, key: str) -> Any:
        self.asked.set()
        if not self.room.is_set():
            raise StorageFull("no room is left")
        return super().writer(key)


def test_messages_wait_while_the_blob_store_is_full(
    tmp_path: Path, settings: dict[str, Any], caller: Caller, audio: bytes
) -> None:
    blobs = Full(tmp_path / "blobs")
    with started(tmp_path, blobs=blobs, **settings) as farm:
        caller.send(message(audio))
        assert blobs.asked.wait(DEADLINE_S)
        assert farm.jobs() == []
        blobs.room.set()
        await_job(farm)
        assert caller.count("whisperfarm.jobs.dead") == 0


def test_message_is_acknowledged_after_the_insert(
    tmp_path: Path, settings: dict[str, Any], caller: Caller, audio: bytes
) -> None:
    blobs = Full(tmp_path / "full")
    with started(tmp_path / "first", blobs=blobs, **settings):
        caller.send(message(audio))
        assert blobs.asked.wait(DEADLINE_S)
    with started(tmp_path / "second", **settings) as farm:
        await_job(farm)


@pytest.mark.slow
def test_amqp_ingress_reconnects_after_the_broker(tmp_path: Path, audio: bytes) -> None:
    with started_rabbitmq() as server, started(tmp_path, **settings_for(server)) as farm:
        first = Caller(server)
        await_queues(first)
        mine = first.channel.queue_declare("mine", durable=True, auto_delete=False).queue
        for queue in ("whisperfarm.jobs", "whisperfarm.jobs.acme", "whisperfarm.jobs.dead"):
            server.wait_until_kept(queue)
        server.kill()
        server.start()
        caller = Caller(server)
        # A classic queue may be lost if its broker is killed soon after the declaration.
        caller.channel.queue_declare(mine, durable=True, auto_delete=False)
        caller.send(message(audio), reply_to=mine)
        job = await_job(farm)
        farm.succeed(farm.claim(job.id), HELLO)
        assert json.loads(caller.await_message(mine).body)["data"]["id"] == job.id
        caller.connection.close()
        first.connection.collect()


@pytest.mark.slow
def test_reply_waits_for_the_broker(tmp_path: Path, audio: bytes) -> None:
    with started_rabbitmq() as server, started(tmp_path, **settings_for(server)) as farm:
        first = Caller(server)
        await_queues(first)
        first.channel.queue_declare("mine", durable=True, auto_delete=False)
        first.send(message(audio), reply_to="mine")
        job = await_job(farm)
        server.kill()
        farm.succeed(farm.claim(job.id), HELLO)
        await_tries(farm, job.id)
        server.start()
        caller = Caller(server)  # a queue that was new at the kill may be lost: declare it again
        caller.channel.queue_declare("mine", durable=True, auto_delete=False)
        farm.deps.ledger.callbacks.replay(job.id, tenant="default")  # avoids a wait of some seconds
        assert json.loads(caller.await_message("mine").body)["data"]["id"] == job.id
        caller.connection.close()
        first.connection.collect()


def await_tries(farm: DispatcherFarm, job_id: str) -> None:
    def look() -> bool:
        return all(
            one.last_error
            for one in farm.deps.ledger.callbacks.list_for_job(job_id, tenant="default")
        )

    until(look, "a failed try of each callback", within_s=DEADLINE_S)
