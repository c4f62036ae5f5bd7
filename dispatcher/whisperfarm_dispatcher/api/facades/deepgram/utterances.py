"""Utterances: what one speaker says in one channel without a long pause."""

import uuid
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from whisperfarm_dispatcher.api.facades.deepgram import runs, speech
from whisperfarm_dispatcher.api.facades.deepgram.speech import Piece


def utterances(
    channels: Iterable[Sequence[Piece]], *, split_s: float, punctuation: bool, job_id: str
) -> list[dict[str, Any]]:
    """Return the utterances of all channels by time. A pause of `split_s` seconds ends one."""
    ends = partial(_has_end_between, split_s=split_s)
    groups = (group for pieces in channels for group in runs.split(pieces, ends))
    ordered = sorted(groups, key=lambda group: (group[0].start, group[0].channel))
    return [
        _utterance(group, punctuation=punctuation, id_=uuid.uuid5(uuid.UUID(job_id), str(number)))
        for number, group in enumerate(ordered)
    ]


def _has_end_between(piece: Piece, following: Piece, *, split_s: float) -> bool:
    return following.speaker != piece.speaker or following.start - piece.end >= split_s


def _utterance(group: Sequence[Piece], *, punctuation: bool, id_: uuid.UUID) -> dict[str, Any]:
    first = group[0]
    return {
        "start": first.start,
        "end": group[-1].end,
        "confidence": speech.confidence(group),
        "channel": first.channel,
        "transcript": speech.text(group, punctuation=punctuation),
        "words": speech.words(group, punctuation=punctuation),
        **({} if first.speaker is None else {"speaker": first.speaker}),
        "id": str(id_),
    }
