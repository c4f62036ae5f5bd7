"""Paragraphs: sentences of one speaker without a long pause between them."""

from collections.abc import Sequence
from typing import Any

from whisperfarm_dispatcher.api.facades.deepgram import runs, speech
from whisperfarm_dispatcher.api.facades.deepgram.speech import Piece

PAUSE_S = 2.0
"""A pause between two sentences that ends a paragraph, in seconds."""

Sentence = Sequence[Piece]


def paragraphs(sentences: Sequence[Sentence]) -> dict[str, Any]:
    """Return the paragraphs of a channel, also as one text with empty lines between them."""
    groups = list(runs.split(sentences, _has_end_between))
    return {
        "transcript": "\n".join(f"\n{_label(group)}{_text(group)}" for group in groups),
        "paragraphs": [_paragraph(group) for group in groups],
    }


def _has_end_between(sentence: Sentence, following: Sentence) -> bool:
    last, first = sentence[-1], following[0]
    return first.speaker != last.speaker or first.start - last.end >= PAUSE_S


def _paragraph(group: Sequence[Sentence]) -> dict[str, Any]:
    first, last = group[0][0], group[-1][-1]
    return {
        "sentences": [_sentence(one) for one in group],
        "num_words": sum(len(one) for one in group),
        "start": first.start,
        "end": last.end,
        **({} if first.speaker is None else {"speaker": first.speaker}),
    }


def _sentence(sentence: Sentence) -> dict[str, Any]:
    return {
        "text": speech.text(sentence, punctuation=True),
        "start": sentence[0].start,
        "end": sentence[-1].end,
    }


def _label(group: Sequence[Sentence]) -> str:
    speaker = group[0][0].speaker
    return "" if speaker is None else f"Speaker {speaker}: "


def _text(group: Sequence[Sentence]) -> str:
    return " ".join(speech.text(sentence, punctuation=True) for sentence in group)
