"""Checks of the farm's answers: commands rely on no member that they have not checked."""

from whisperfarm_client.documents import (
    boolean,
    identifier,
    integer,
    list_of,
    number,
    object_of,
    optional,
    state,
    text,
)

_AUDIO = object_of({"filename": text}, {"duration_s": optional(number)})

JOB = object_of(
    {"id": identifier, "state": state, "model": text, "created_at": text, "audio": _AUDIO},
    {
        "reference": optional(text),
        "metadata": optional(object_of({})),
        "problem": optional(object_of({}, {"name": text, "detail": text})),
    },
)

PAGE = object_of({"jobs": list_of(JOB), "next": optional(identifier)})

PAUSES = object_of(
    {
        "pauses": list_of(
            object_of(
                {
                    "preset": optional(text),
                    "accept": boolean,
                    "dispatch": boolean,
                    "reason": text,
                    "retry_after_s": integer,
                    "paused_at": text,
                }
            )
        )
    }
)

PRESETS = object_of(
    {
        "presets": list_of(
            object_of(
                {
                    "name": text,
                    "description": text,
                    "models": object_of(
                        {"speech": text}, {"aligner": optional(text), "diarizer": optional(text)}
                    ),
                    "align": boolean,
                    "languages": list_of(text),
                    "is_served": boolean,
                    "is_default": boolean,
                }
            )
        )
    }
)
