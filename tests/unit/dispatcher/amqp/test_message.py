import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whisperfarm_contract.problems import AudioTooLarge, BadRequest
from whisperfarm_dispatcher.amqp.message import (
    ROOM_BYTES,
    AtUrl,
    Delivered,
    Inline,
    InStore,
    JobMessage,
    read,
)

MOST = 1000


def delivered(members: Any, **rest: Any) -> Delivered:
    body = members if isinstance(members, bytes) else json.dumps(members).encode()
    return Delivered(tenant="acme", body=body, **rest)


def reading(members: Any, **rest: Any) -> JobMessage:
    return read(delivered(members, **rest), most_audio_bytes=MOST)


def inline(data: bytes) -> dict[str, str]:
    return {"base64": base64.b64encode(data).decode()}


@pytest.mark.parametrize(
    ("audio", "source"),
    [
        (inline(b"RIFF"), Inline(b"RIFF")),
        ({"blob": "intake/acme/a.wav"}, InStore("intake/acme/a.wav")),
        ({"url": "https://example.com/a.wav"}, AtUrl("https://example.com/a.wav")),
    ],
)
def test_a_message_says_where_its_recording_is(audio: dict[str, str], source: object) -> None:
    assert reading({"id": "1", "audio": audio}).audio == source


def test_all_other_members_are_options_and_terms() -> None:
    message = reading(
        {"id": "1", "audio": inline(b"a"), "filename": "C:\\x\\a.wav", "tenant": "acme", "model": 1}
    )
    assert (message.filename, message.fields) == ("a.wav", {"model": 1})


@pytest.mark.parametrize(
    ("members", "properties"),
    [({"id": "7"}, {}), ({}, {"message_id": "7"}), ({"id": "7"}, {"message_id": "8"})],
)
def test_the_id_is_a_member_or_a_property(
    members: dict[str, str], properties: dict[str, str]
) -> None:
    message = reading({**members, "audio": inline(b"a")}, properties=properties)
    assert message.idempotency_key == "message:7"


@pytest.mark.parametrize("name", [None, "", 7, "x" * 181, "a\0b"])
def test_a_message_without_a_good_id_is_refused(name: Any) -> None:
    with pytest.raises(BadRequest, match="message_id"):
        reading({"id": name, "audio": inline(b"a")})


def test_the_results_exchange_is_always_told() -> None:
    assert reading({"id": "1", "audio": inline(b"a")}).reply == {"exchange": "whisperfarm.results"}
    properties = {"reply_to": "mine", "correlation_id": "c"}
    assert reading({"id": "1", "audio": inline(b"a")}, properties=properties).reply == {
        "exchange": "whisperfarm.results",
        "queue": "mine",
        "correlation_id": "c",
    }


def test_audio_of_just_the_limit_is_taken_and_one_byte_more_is_not() -> None:
    assert reading({"id": "1", "audio": inline(bytes(MOST))}).audio == Inline(bytes(MOST))
    with pytest.raises(AudioTooLarge, match="1000"):
        reading({"id": "1", "audio": inline(bytes(MOST + 1))})


def test_a_message_that_is_far_too_large_is_not_read() -> None:
    with pytest.raises(AudioTooLarge):
        reading(b"[" * (MOST * 4 // 3 + ROOM_BYTES + 1))


@pytest.mark.parametrize("kind", ["text/plain", "application/x-python-serialize"])
def test_another_content_type_is_refused(kind: str) -> None:
    with pytest.raises(BadRequest, match="application/json"):
        reading({"id": "1", "audio": inline(b"a")}, content_type=kind)


@given(st.binary(max_size=200) | st.recursive(st.text(), st.lists).map(json.dumps))
def test_whatever_comes_is_refused_by_name(body: Any) -> None:
    with pytest.raises(BadRequest):
        reading(body if isinstance(body, bytes) else body.encode())


def test_a_message_that_is_nested_without_end_is_refused() -> None:
    with pytest.raises(BadRequest, match="not JSON"):
        reading(b"[" * ROOM_BYTES)


def test_neither_audio_nor_address_show_themselves() -> None:
    assert "secret" not in repr(AtUrl("https://example.com/?token=secret"))
    assert "secret" not in repr(Inline(b"secret"))
    assert "secret" not in repr(delivered(b"secret"))
