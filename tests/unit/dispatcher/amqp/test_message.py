import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whisperfarm_contract.problems import AudioTooLarge, ClientError, InvalidOption
from whisperfarm_dispatcher.amqp.message import (
    ENVELOPE_BYTES,
    BlobAudio,
    IncomingMessage,
    InlineAudio,
    JobMessage,
    UrlAudio,
    find_id,
    parse_message,
)

MOST = 1000


def delivered(members: Any, **rest: Any) -> IncomingMessage:
    body = members if isinstance(members, bytes) else json.dumps(members).encode()
    return IncomingMessage(tenant="acme", body=body, **rest)


def reading(members: Any, **rest: Any) -> JobMessage:
    return parse_message(delivered(members, **rest), max_audio_bytes=MOST)


def inline(data: bytes) -> dict[str, str]:
    return {"base64": base64.b64encode(data).decode()}


@pytest.mark.parametrize(
    ("audio", "source"),
    [
        (inline(b"RIFF"), InlineAudio(b"RIFF")),
        ({"blob": "intake/acme/a.wav"}, BlobAudio("intake/acme/a.wav")),
        ({"url": "https://example.com/a.wav"}, UrlAudio("https://example.com/a.wav")),
    ],
)
def test_message_names_its_audio_source(audio: dict[str, str], source: object) -> None:
    assert reading({"id": "1", "audio": audio}).audio == (source,)


def leg(**members: Any) -> dict[str, Any]:
    return {"url": "https://example.com/a.wav", "offset_s": 0, **members}


def test_legs_become_recordings_and_options() -> None:
    other = {**inline(b"RIFF"), "offset_s": 5.2, "name": "customer"}
    message = reading({"id": "1", "legs": [leg(), other], "model": "demo"})
    assert message.audio == (UrlAudio("https://example.com/a.wav"), InlineAudio(b"RIFF"))
    assert message.fields == {"model": "demo", "leg_offset_s": "0,5.2", "leg_name": ",customer"}


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({"legs": [leg()]}, "list of 2 to 16"),
        ({"legs": [leg()] * 17}, "list of 2 to 16"),
        ({"legs": {"url": "x"}}, "list of 2 to 16"),
        ({"legs": [leg(), "https://example.com/a.wav"]}, "leg 1 is not an object"),
        ({"legs": [leg(), leg(offset_s=None)]}, "leg 1 has no number"),
        ({"legs": [leg(), leg(offset_s="5")]}, "leg 1 has no number"),
        ({"legs": [leg(), leg(name="a,b")]}, "name of leg 1"),
        ({"legs": [leg(), leg(blob="intake/acme/a.wav")]}, "leg 1: audio: send an object"),
        ({"legs": [leg(), {"offset_s": 5}]}, "leg 1: audio: send an object"),
        ({"legs": [leg(), leg()], "audio": inline(b"a")}, "one of the two"),
        ({"legs": [leg(), leg()], "leg_offset_s": "0,5"}, "leg_offset_s: a message"),
    ],
)
def test_invalid_legs_are_rejected(members: dict[str, Any], why: str) -> None:
    with pytest.raises(ClientError, match=why):
        reading({"id": "1", **members})


def test_all_other_members_are_options_and_policy() -> None:
    message = reading(
        {"id": "1", "audio": inline(b"a"), "filename": "C:\\x\\a.wav", "tenant": "acme", "model": 1}
    )
    assert (message.filename, message.fields) == ("a.wav", {"model": 1})


@pytest.mark.parametrize(
    ("members", "properties"),
    [({"id": "7"}, {}), ({}, {"message_id": "7"}), ({"id": "7"}, {"message_id": "8"})],
)
def test_message_id_is_a_member_or_a_property(
    members: dict[str, str], properties: dict[str, str]
) -> None:
    message = reading({**members, "audio": inline(b"a")}, properties=properties)
    assert message.idempotency_key == "message:7"


@pytest.mark.parametrize("name", [None, "", 7, "x" * 181, "a\0b"])
def test_message_without_a_valid_id_is_rejected(name: Any) -> None:
    with pytest.raises(ClientError, match="message_id"):
        reading({"id": name, "audio": inline(b"a")})


def test_results_exchange_gets_every_outcome() -> None:
    assert reading({"id": "1", "audio": inline(b"a")}).reply_to == {
        "exchange": "whisperfarm.results",
        "message_id": "1",
    }
    properties = {"reply_to": "mine", "correlation_id": "c"}
    assert reading({"id": "1", "audio": inline(b"a")}, properties=properties).reply_to == {
        "exchange": "whisperfarm.results",
        "queue": "mine",
        "correlation_id": "c",
        "message_id": "1",
    }


@pytest.mark.parametrize(
    ("named", "kept"), [("inline", "inline"), ("link", "link"), ("none", None), (None, None)]
)
def test_reply_queue_gets_the_transcript_on_request(named: str | None, kept: str | None) -> None:
    members = {"id": "1", "audio": inline(b"a"), "result": named}
    assert reading(members, properties={"reply_to": "mine"}).reply_to.get("result") == kept


@pytest.mark.parametrize(
    ("named", "properties", "why"),
    [
        ("all", {"reply_to": "mine"}, "none, link, inline"),
        (["inline"], {"reply_to": "mine"}, "none, link, inline"),
        ("inline", {}, "reply_to"),
    ],
)
def test_result_without_a_receiver_is_rejected(
    named: object, properties: dict[str, str], why: str
) -> None:
    with pytest.raises(InvalidOption, match=f"result: .*{why}"):
        reading({"id": "1", "audio": inline(b"a"), "result": named}, properties=properties)


@pytest.mark.parametrize(
    ("body", "properties", "found"),
    [
        (b'{"id": "7"}', {"message_id": "8"}, "7"),
        (b"no JSON", {"message_id": "8"}, "8"),
        (b'{"id": 7}', {}, None),
        (b"no JSON", {}, None),
    ],
)
def test_id_of_an_invalid_message_is_found(
    body: bytes, properties: dict[str, str], found: str | None
) -> None:
    assert find_id(delivered(body, properties=properties), max_audio_bytes=MOST) == found


def test_audio_at_the_size_limit_is_accepted() -> None:
    assert reading({"id": "1", "audio": inline(bytes(MOST))}).audio == (InlineAudio(bytes(MOST)),)
    with pytest.raises(AudioTooLarge, match="1000"):
        reading({"id": "1", "audio": inline(bytes(MOST + 1))})


def test_far_too_large_message_is_not_parsed() -> None:
    with pytest.raises(AudioTooLarge):
        reading(b"[" * (MOST * 4 // 3 + ENVELOPE_BYTES + 1))


@pytest.mark.parametrize("kind", ["text/plain", "application/x-python-serialize"])
def test_other_content_type_is_rejected(kind: str) -> None:
    with pytest.raises(ClientError, match="application/json"):
        reading({"id": "1", "audio": inline(b"a")}, content_type=kind)


@given(st.binary(max_size=200) | st.recursive(st.text(), st.lists).map(json.dumps))
def test_arbitrary_messages_are_rejected_with_a_problem(body: Any) -> None:
    with pytest.raises(ClientError):
        reading(body if isinstance(body, bytes) else body.encode())


def test_deeply_nested_message_is_rejected() -> None:
    with pytest.raises(ClientError, match="not JSON"):
        reading(b"[" * ENVELOPE_BYTES)


def test_repr_hides_audio_and_address() -> None:
    assert "secret" not in repr(UrlAudio("https://example.com/?token=secret"))
    assert "secret" not in repr(InlineAudio(b"secret"))
    assert "secret" not in repr(delivered(b"secret"))


def test_recording_in_the_blob_store_cannot_be_destroyed() -> None:
    members = {"id": "1", "redact": "card", "originals": "Destroy"}
    assert reading({**members, "audio": inline(b"RIFF")}).fields["originals"] == "Destroy"
    with pytest.raises(InvalidOption, match=r"^originals: "):
        reading({**members, "audio": {"blob": "intake/acme/a.wav"}})
