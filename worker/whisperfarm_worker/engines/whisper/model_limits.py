"""What Whisper on CTranslate2 can not be asked for, and what it is asked for instead."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from whisperfarm_worker.engines.port import Decoding

PROMPT_TOKENS = 220
"""Whisper's context has 448 tokens. What is told to it before takes at most half of them, as in
Whisper itself: or no room is left for what it hears, and a text breaks off without a word."""

_HOTWORD_TOKENS = PROMPT_TOKENS // 2


class Spelling(Protocol):
    """The part of a tokenizer that is needed."""

    def encode(self, text: str) -> list[int]:
        """The tokens of a text."""

    def decode(self, tokens: list[int]) -> str:
        """The text of tokens."""


def fit(decoding: Decoding, spelling: Spelling) -> tuple[Decoding, list[str]]:
    """The decoding as the model can do it, and a warning for each thing that is not as asked."""
    warnings: list[str] = []
    for change in (_length_penalty, _patience, _hotwords(spelling), _prompt(spelling)):
        fitting, warning = change(decoding)
        if fitting != decoding:
            warnings.append(warning)
        decoding = fitting
    return decoding, warnings


def _length_penalty(decoding: Decoding) -> tuple[Decoding, str]:
    fitting = replace(decoding, length_penalty=max(decoding.length_penalty, 0.0))
    return fitting, "length_penalty below 0 is not possible here: 0 was taken"


def _patience(decoding: Decoding) -> tuple[Decoding, str]:
    """The search must go on until it has one hypothesis at least."""
    least = 1.0 / decoding.beam_size
    fitting = replace(decoding, patience=max(decoding.patience, least))
    return fitting, f"patience below {least:g} is not possible here: {least:g} was taken"


Change = Callable[[Decoding], tuple[Decoding, str]]


def _hotwords(spelling: Spelling) -> Change:
    """As many of the first ones as there is room for."""

    def change(decoding: Decoding) -> tuple[Decoding, str]:
        tokens = _tokens(decoding.hotwords, spelling)
        if len(tokens) <= _HOTWORD_TOKENS:
            return decoding, ""
        kept = spelling.decode(tokens[:_HOTWORD_TOKENS]).strip()
        return replace(decoding, hotwords=kept), (
            f"hotwords are too long for the speech model: the first {len(kept)} characters count"
        )

    return change


def _prompt(spelling: Spelling) -> Change:
    """As much of its end as there is room for beside the hotwords."""

    def change(decoding: Decoding) -> tuple[Decoding, str]:
        tokens = _tokens(decoding.initial_prompt, spelling)
        room = PROMPT_TOKENS - len(_tokens(decoding.hotwords, spelling))
        if len(tokens) <= room:
            return decoding, ""
        kept = spelling.decode(tokens[-room:]).strip()
        return replace(decoding, initial_prompt=kept), (
            f"initial_prompt is too long for the speech model: the last {len(kept)} characters"
            " count"
        )

    return change


def _tokens(text: str | None, spelling: Spelling) -> list[int]:
    return spelling.encode(f" {text.strip()}") if text else []
