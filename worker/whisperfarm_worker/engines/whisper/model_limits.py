"""Clamps decoding options to what Whisper on CTranslate2 supports."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from whisperfarm_worker.engines.port import Decoding

PROMPT_TOKENS = 220
"""Whisper's context has 448 tokens. The prompt takes at most half of them, as in Whisper itself:
with a longer one, the output runs out of tokens and ends early without an error."""

_HOTWORD_TOKENS = PROMPT_TOKENS // 2


class Spelling(Protocol):
    """The part of a tokenizer that is used here."""

    def encode(self, text: str) -> list[int]:
        """Return the tokens of a text."""

    def decode(self, tokens: list[int]) -> str:
        """Return the text of tokens."""


def fit(decoding: Decoding, spelling: Spelling) -> tuple[Decoding, list[str]]:
    """Clamp the options to what the model supports. Returns them and one warning per change."""
    warnings: list[str] = []
    for change in (_length_penalty, _patience, _hotwords(spelling), _prompt(spelling)):
        fitting, warning = change(decoding)
        if fitting != decoding:
            warnings.append(warning)
        decoding = fitting
    return decoding, warnings


def _length_penalty(decoding: Decoding) -> tuple[Decoding, str]:
    fitting = replace(decoding, length_penalty=max(decoding.length_penalty, 0.0))
    return fitting, "length_penalty below 0 is not supported; 0 was used"


def _patience(decoding: Decoding) -> tuple[Decoding, str]:
    """Clamp the patience so that the beam search ends with at least one hypothesis."""
    least = 1.0 / decoding.beam_size
    fitting = replace(decoding, patience=max(decoding.patience, least))
    return fitting, f"patience below {least:g} is not supported; {least:g} was used"


Change = Callable[[Decoding], tuple[Decoding, str]]


def _hotwords(spelling: Spelling) -> Change:
    """Keep the first hotwords, up to half of the prompt's tokens."""

    def change(decoding: Decoding) -> tuple[Decoding, str]:
        tokens = _tokens(decoding.hotwords, spelling)
        if len(tokens) <= _HOTWORD_TOKENS:
            return decoding, ""
        kept = spelling.decode(tokens[:_HOTWORD_TOKENS]).strip()
        return replace(decoding, hotwords=kept), (
            f"hotwords are too long for the speech model; the first {len(kept)} characters were"
            " used"
        )

    return change


def _prompt(spelling: Spelling) -> Change:
    """Keep the end of the prompt, up to the tokens that the hotwords leave."""

    def change(decoding: Decoding) -> tuple[Decoding, str]:
        tokens = _tokens(decoding.initial_prompt, spelling)
        room = PROMPT_TOKENS - len(_tokens(decoding.hotwords, spelling))
        if len(tokens) <= room:
            return decoding, ""
        kept = spelling.decode(tokens[-room:]).strip()
        return replace(decoding, initial_prompt=kept), (
            f"initial_prompt is too long for the speech model; the last {len(kept)} characters"
            " were used"
        )

    return change


def _tokens(text: str | None, spelling: Spelling) -> list[int]:
    return spelling.encode(f" {text.strip()}") if text else []
