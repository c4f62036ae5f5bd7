"""Reads a job message: its recording, the job's options, and the queue for the reply."""

import base64
import binascii
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from whisperfarm_contract.field_types import Enum
from whisperfarm_contract.identifiers import RESERVED_QUEUES, RESULTS_EXCHANGE, uploads_prefix
from whisperfarm_contract.legs import OPTIONS, label, naming
from whisperfarm_contract.problems import AudioTooLarge, ClientError, InvalidOption, MissingAudio
from whisperfarm_dispatcher.amqp import message_legs
from whisperfarm_dispatcher.submission.filenames import base_name

ENVELOPE_BYTES = 64 << 10
"""Most bytes of a message besides its audio."""

ENVELOPE_MEMBERS = frozenset({"id", "tenant", "audio", "legs", "filename", "result"})
"""Members that are neither options nor part of the job's policy or labels."""

RESULT = Enum(("none", "link", "inline"))
"""What the reply has of the transcript."""

_MAX_ID_CHARS = 180


@dataclass(frozen=True, slots=True)
class InlineAudio:
    """A recording inside the message."""

    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class BlobAudio:
    """A recording that the tenant has written to the blob store."""

    key: str


@dataclass(frozen=True, slots=True)
class UrlAudio:
    """A recording that the dispatcher downloads."""

    url: str = field(repr=False)


AudioSource = InlineAudio | BlobAudio | UrlAudio


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingMessage:
    """A message as received from the queue of `tenant`."""

    tenant: str
    body: bytes = field(repr=False)
    content_type: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    redelivered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JobMessage:
    """A valid message. `fields` are options, policy and labels, not yet parsed.

    `audio` has one recording, or those of the legs of a call.
    """

    idempotency_key: str
    audio: tuple[AudioSource, ...]
    filename: str
    fields: Mapping[str, Any]
    reply_to: Mapping[str, Any]


def parse_message(incoming: IncomingMessage, *, max_audio_bytes: int) -> JobMessage:
    """Parse the message. Raises `ClientError` or a subclass; the detail names the member."""
    members = _members(incoming, max_audio_bytes)
    _check_tenant(members.get("tenant"), incoming.tenant)
    message_id = _id(members, incoming.properties)
    audio, leg_options = _recordings(members, incoming.tenant, max_audio_bytes)
    fields = {name: value for name, value in members.items() if name not in ENVELOPE_MEMBERS}
    _check_originals(fields, audio)
    return JobMessage(
        idempotency_key=f"message:{message_id}",
        audio=audio,
        filename=base_name(_text(members, "filename")),
        fields={**fields, **leg_options},
        reply_to=_reply(incoming.properties, message_id, _result(members)),
    )


def find_id(incoming: IncomingMessage, *, max_audio_bytes: int) -> str | None:
    """Return the id of a message that may be invalid, or `None` if it has none."""
    with suppress(ClientError):
        return _id(_members(incoming, max_audio_bytes), incoming.properties)
    with suppress(ClientError):
        return _id({}, incoming.properties)
    return None


def reply_queue(properties: Mapping[str, Any]) -> str | None:
    """Return the queue that `reply_to` names. Raises `ClientError` for a queue of the farm."""
    queue = properties.get("reply_to")
    if not queue:
        return None
    if RESERVED_QUEUES.fullmatch(str(queue)):
        raise ClientError(f"reply_to: {queue} is a queue of the farm; name a queue of your own")
    return str(queue)


def _members(incoming: IncomingMessage, max_audio_bytes: int) -> dict[str, Any]:
    if incoming.content_type not in (None, "", "application/json"):
        raise ClientError("content_type: a message must be application/json")
    if len(incoming.body) > max_audio_bytes * 4 // 3 + ENVELOPE_BYTES:
        raise _too_large(max_audio_bytes)
    try:
        members = json.loads(incoming.body)
    except (ValueError, RecursionError):
        raise ClientError("the message is not JSON in UTF-8") from None
    if not isinstance(members, dict):
        raise ClientError("the message is not a JSON object; send one with a member 'audio'")
    return members


def _check_tenant(named: Any, tenant: str) -> None:
    if named is not None and named != tenant:
        raise ClientError(
            f"tenant: this is the queue of {tenant!r}; send the message to the queue of the tenant"
            " that it names, or omit the member"
        )


def _check_originals(fields: Mapping[str, Any], audio: tuple[AudioSource, ...]) -> None:
    if str(fields.get("originals")).lower() != "destroy":
        return
    if any(isinstance(one, BlobAudio) for one in audio):
        raise InvalidOption(
            "originals: a recording that you have written to the blob store stays there, because"
            " only you delete it; send its bytes or its address to have it destroyed"
        )


def _id(members: Mapping[str, Any], properties: Mapping[str, Any]) -> str:
    name = members.get("id") or properties.get("message_id")
    if not isinstance(name, str) or not 0 < len(name) <= _MAX_ID_CHARS or "\0" in name:
        raise ClientError(
            "id: a message needs a member 'id' or the property message_id; send a string of 1 to"
            f" {_MAX_ID_CHARS} characters that is unique to the recording, so that a message that"
            " is delivered twice makes one job"
        )
    return name


def _recordings(
    members: Mapping[str, Any], tenant: str, max_bytes: int
) -> tuple[tuple[AudioSource, ...], Mapping[str, str]]:
    """Return the recordings, and the options of a call with several."""
    for name in OPTIONS:
        if name in members:
            raise InvalidOption(
                f"{name}: a message has offsets and names in its legs; use the member 'legs'"
            )
    if "legs" not in members:
        return (_audio(members.get("audio"), tenant, max_bytes),), {}
    if "audio" in members:
        raise ClientError("legs: the message has 'audio' as well; send one of the two")
    legs = message_legs.read(members["legs"])
    audio = []
    for number, leg in enumerate(legs):
        with naming(label(number)):
            audio.append(_audio(leg.audio, tenant, max_bytes))
    return tuple(audio), message_legs.options(legs)


def _audio(named: Any, tenant: str, max_bytes: int) -> AudioSource:
    readers = {"base64": _inline_audio, "blob": _blob_audio, "url": _url_audio}
    if not isinstance(named, dict) or len(named) != 1 or not named.keys() <= readers.keys():
        raise MissingAudio("audio: send an object with one of the members base64, blob, url")
    [(member, value)] = named.items()
    if not isinstance(value, str):
        raise MissingAudio(f"audio: {member} must be a string")
    return readers[member](value, tenant, max_bytes)


def _inline_audio(text: str, _tenant: str, max_bytes: int) -> AudioSource:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ClientError("audio: invalid base64; send it without line breaks") from None
    if len(data) > max_bytes:
        raise _too_large(max_bytes)
    return InlineAudio(data)


def _blob_audio(key: str, tenant: str, _max_bytes: int) -> AudioSource:
    if not key.startswith(uploads_prefix(tenant)):
        raise ClientError(f"audio: a blob's key must start with {uploads_prefix(tenant)}")
    return BlobAudio(key)


def _url_audio(url: str, _tenant: str, _max_bytes: int) -> AudioSource:
    return UrlAudio(url)


def _text(members: Mapping[str, Any], name: str) -> str:
    value = members.get(name) or ""
    if not isinstance(value, str):
        raise ClientError(f"{name}: a string is expected")
    return value


def _result(members: Mapping[str, Any]) -> str | None:
    """Return what the reply has of the transcript, or `None` for nothing."""
    try:
        wanted = RESULT.read(members.get("result") or "none")
    except ValueError as error:
        raise InvalidOption(f"result: {error}") from None
    return None if wanted == "none" else wanted


def _reply(properties: Mapping[str, Any], message_id: str, result: str | None) -> Mapping[str, Any]:
    queue = reply_queue(properties)
    if result is not None and queue is None:
        raise InvalidOption(
            "result: the transcript is sent to the queue that the property reply_to names; set it,"
            " or omit result"
        )
    named = {
        "queue": queue,
        "correlation_id": _correlation_id(properties),
        "message_id": message_id,
        "result": result,
    }
    return {"exchange": RESULTS_EXCHANGE, **{k: v for k, v in named.items() if v}}


def _correlation_id(properties: Mapping[str, Any]) -> str | None:
    value = properties.get("correlation_id")
    return None if value is None else str(value)


def _too_large(max_bytes: int) -> AudioTooLarge:
    return AudioTooLarge(
        f"the audio is larger than the {max_bytes} bytes that a message may carry; name a blob or"
        " a URL"
    )
