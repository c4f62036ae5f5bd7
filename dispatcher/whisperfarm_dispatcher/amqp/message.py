"""Reads a job message: its recording, the job's options, and the queue for the reply."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from whisperfarm_contract.identifiers import OWN_QUEUES, RESULTS_EXCHANGE, intake_prefix
from whisperfarm_contract.problems import AudioMissing, AudioTooLarge, BadRequest
from whisperfarm_dispatcher.submission.filenames import base_name

ROOM_BYTES = 64 << 10
"""Most bytes of a message besides its audio."""

OWN_MEMBERS = frozenset({"id", "tenant", "audio", "filename"})
"""Members that are neither options nor part of the job's policy."""

_LONGEST_ID = 180


@dataclass(frozen=True, slots=True)
class Inline:
    """A recording inside the message."""

    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class InStore:
    """A recording that the tenant has written to the blob store."""

    key: str


@dataclass(frozen=True, slots=True)
class AtUrl:
    """A recording that the dispatcher downloads."""

    url: str = field(repr=False)


Source = Inline | InStore | AtUrl


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A message as received from the queue of `tenant`."""

    tenant: str
    body: bytes = field(repr=False)
    content_type: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    redelivered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JobMessage:
    """A valid message. `fields` are the options and the policy, not yet parsed."""

    idempotency_key: str
    audio: Source
    filename: str
    fields: Mapping[str, Any]
    reply: Mapping[str, Any]


def read(delivered: Delivered, *, most_audio_bytes: int) -> JobMessage:
    """Parse the message. Raises `BadRequest` or a subclass; the detail names the member."""
    members = _members(delivered, most_audio_bytes)
    _check_tenant(members.get("tenant"), delivered.tenant)
    return JobMessage(
        idempotency_key=f"message:{_id(members, delivered.properties)}",
        audio=_audio(members.get("audio"), delivered.tenant, most_audio_bytes),
        filename=base_name(_text(members, "filename")),
        fields={name: value for name, value in members.items() if name not in OWN_MEMBERS},
        reply=_reply(delivered.properties),
    )


def reply_queue(properties: Mapping[str, Any]) -> str | None:
    """Return the queue that `reply_to` names. Raises `BadRequest` for a queue of the farm."""
    queue = properties.get("reply_to")
    if not queue:
        return None
    if OWN_QUEUES.fullmatch(str(queue)):
        raise BadRequest(f"reply_to: {queue} is a queue of the farm; name a queue of your own")
    return str(queue)


def _members(delivered: Delivered, most_audio_bytes: int) -> dict[str, Any]:
    if delivered.content_type not in (None, "", "application/json"):
        raise BadRequest("content_type: a message must be application/json")
    if len(delivered.body) > most_audio_bytes * 4 // 3 + ROOM_BYTES:
        raise _too_large(most_audio_bytes)
    try:
        members = json.loads(delivered.body)
    except (ValueError, RecursionError):
        raise BadRequest("the message is not JSON in UTF-8") from None
    if not isinstance(members, dict):
        raise BadRequest("the message is not a JSON object; send one with a member 'audio'")
    return members


def _check_tenant(named: Any, tenant: str) -> None:
    if named is not None and named != tenant:
        raise BadRequest(
            f"tenant: this is the queue of {tenant!r}; send the message to the queue of the tenant"
            " that it names, or omit the member"
        )


def _id(members: Mapping[str, Any], properties: Mapping[str, Any]) -> str:
    name = members.get("id") or properties.get("message_id")
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_ID or "\0" in name:
        raise BadRequest(
            "id: a message needs a member 'id' or the property message_id; send a string of 1 to"
            f" {_LONGEST_ID} characters that is unique to the recording, so that a message that is"
            " delivered twice makes one job"
        )
    return name


def _audio(named: Any, tenant: str, most_bytes: int) -> Source:
    known = {"base64": _inline, "blob": _in_store, "url": _at_url}
    if not isinstance(named, dict) or len(named) != 1 or not named.keys() <= known.keys():
        raise AudioMissing("audio: send an object with one of the members base64, blob, url")
    [(kind, value)] = named.items()
    if not isinstance(value, str):
        raise AudioMissing(f"audio: {kind} must be a string")
    return known[kind](value, tenant, most_bytes)


def _inline(text: str, _tenant: str, most_bytes: int) -> Source:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadRequest("audio: invalid base64; send it without line breaks") from None
    if len(data) > most_bytes:
        raise _too_large(most_bytes)
    return Inline(data)


def _in_store(key: str, tenant: str, _most_bytes: int) -> Source:
    if not key.startswith(intake_prefix(tenant)):
        raise BadRequest(f"audio: a blob's key must start with {intake_prefix(tenant)}")
    return InStore(key)


def _at_url(url: str, _tenant: str, _most_bytes: int) -> Source:
    return AtUrl(url)


def _text(members: Mapping[str, Any], name: str) -> str:
    value = members.get(name) or ""
    if not isinstance(value, str):
        raise BadRequest(f"{name}: a string is expected")
    return value


def _reply(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    queue = reply_queue(properties)
    named = {"queue": queue, "correlation_id": _correlation_id(properties)}
    return {"exchange": RESULTS_EXCHANGE, **{k: v for k, v in named.items() if v}}


def _correlation_id(properties: Mapping[str, Any]) -> str | None:
    value = properties.get("correlation_id")
    return None if value is None else str(value)


def _too_large(most_bytes: int) -> AudioTooLarge:
    return AudioTooLarge(
        f"the audio is larger than the {most_bytes} bytes that a message may carry; name a blob or"
        " a URL"
    )
