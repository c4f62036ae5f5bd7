"""Answers about enrolled voices: their type, and checks of the documents."""

from typing import NotRequired, TypedDict

from whisperfarm_client.documents import identifier, list_of, number, object_of, optional, text


class Speaker(TypedDict):
    """An enrolled voice. `job` and `speaker` are where it is from."""

    id: str
    name: str
    consent: str
    job: str
    speaker: str
    model: str
    speech_s: float
    enrolled_by: str
    enrolled_at: str
    expires_at: NotRequired[str | None]


SPEAKER = object_of(
    {
        "id": identifier,
        **dict.fromkeys(("name", "consent", "job", "speaker", "model"), text),
        "speech_s": number,
        **dict.fromkeys(("enrolled_by", "enrolled_at"), text),
    },
    {"expires_at": optional(text)},
)

SPEAKERS = object_of({"speakers": list_of(SPEAKER)})
