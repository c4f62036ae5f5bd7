"""Clamps decoding options to what Whisper on CTranslate2 supports."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from whisperfarm_worker.engines.port import Decoding

PROMPT_TOKENS = 220
"""Whisper's context has 448 tokens. The prompt takes at most half of them, as in Whisper itself:
with a longer one, the output runs out of tokens and ends early without an error."""

_HOTWORD_TOKENS = PROMPT_TOKENS // 2


class Tokenizer(Protocol):
    """The part of a tokenizer that is used here."""

    def encode(self, text: str) -> list[int]:
        """Return the tokens of a text."""

    def decode(self, tokens: list[int]) -> str:
        """Return the text of tokens."""


def clamp_options(
    decoding: Decoding, tokenizer: Tokenizer, *, vocabulary_size: int
) -> tuple[Decoding, list[str]]:
    """Clamp the options to what the model supports. Returns them and one warning per change."""
    warnings: list[str] = []
    for clamp in (
        _length_penalty,
        _patience,
        _suppress_tokens(vocabulary_size),
        _hotwords(tokenizer),
        _prompt(tokenizer),
    ):
        clamped, warning = clamp(decoding)
        if clamped != decoding:
            warnings.append(warning)
        decoding = clamped
    return decoding, warnings


def _length_penalty(decoding: Decoding) -> tuple[Decoding, str]:
    clamped = replace(decoding, length_penalty=max(decoding.length_penalty, 0.0))
    return clamped, "length_penalty below 0 is not supported; 0 was used"


def _patience(decoding: Decoding) -> tuple[Decoding, str]:
    """Clamp the patience so that the beam search ends with at least one hypothesis."""
    minimum = 1.0 / decoding.beam_size
    clamped = replace(decoding, patience=max(decoding.patience, minimum))
    return clamped, f"patience below {minimum:g} is not supported; {minimum:g} was used"


Clamp = Callable[[Decoding], tuple[Decoding, str]]


def _suppress_tokens(vocabulary_size: int) -> Clamp:
    """Leave out tokens that the model does not have."""

    def clamp(decoding: Decoding) -> tuple[Decoding, str]:
        kept = tuple(token for token in decoding.suppress_tokens if token < vocabulary_size)
        return replace(decoding, suppress_tokens=kept), (
            f"suppress_tokens has tokens that the speech model lacks; those from {vocabulary_size}"
            " were left out"
        )

    return clamp


def _hotwords(tokenizer: Tokenizer) -> Clamp:
    """Keep the first hotwords, up to half of the prompt's tokens."""

    def clamp(decoding: Decoding) -> tuple[Decoding, str]:
        tokens = _tokens(decoding.hotwords, tokenizer)
        if len(tokens) <= _HOTWORD_TOKENS:
            return decoding, ""
        kept = tokenizer.decode(tokens[:_HOTWORD_TOKENS]).strip()
        return replace(decoding, hotwords=kept), (
            f"hotwords are too long for the speech model; the first {len(kept)} characters were"
            " used"
        )

    return clamp


def _prompt(tokenizer: Tokenizer) -> Clamp:
    """Keep the end of the prompt, up to the tokens that the hotwords leave."""

    def clamp(decoding: Decoding) -> tuple[Decoding, str]:
        tokens = _tokens(decoding.initial_prompt, tokenizer)
        available = PROMPT_TOKENS - len(_tokens(decoding.hotwords, tokenizer))
        if len(tokens) <= available:
            return decoding, ""
        kept = tokenizer.decode(tokens[-available:]).strip()
        return replace(decoding, initial_prompt=kept), (
            f"initial_prompt is too long for the speech model; the last {len(kept)} characters"
            " were used"
        )

    return clamp


def _tokens(text: str | None, tokenizer: Tokenizer) -> list[int]:
    return tokenizer.encode(f" {text.strip()}") if text else []
