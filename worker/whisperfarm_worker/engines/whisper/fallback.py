"""Whisper's tests of a decoded window, and what happens to a window that fails them.

A window that passes keeps its text. One that fails is decoded again, first without the prompt and
the hotwords, and then at rising temperatures, until a text passes. If none does, the most probable
text is kept, without its repetition loops, and marked as doubtful. A window without speech has no
text.
"""

from collections.abc import Callable
from dataclasses import replace

from whisperfarm_worker.engines.port import DecodedText, Decoding, Doubt
from whisperfarm_worker.engines.whisper.repetition import compression_ratio, cut_loops

_MIN_ECHO_WORDS = 3
"""Fewer words of a prompt may have been spoken, such as a name among the hotwords."""

Decode = Callable[[Decoding, float], DecodedText]
"""Decodes the window alone, with these options, at a temperature."""


def passes(text: DecodedText, decoding: Decoding) -> bool:
    """Return whether the text needs no further decoding."""
    return not (
        _is_silence(text, decoding)
        or _is_repetitive(text, decoding)
        or _is_improbable(text, decoding)
        or _is_of_prompt(text, decoding)
    )


def decode_again(first: DecodedText, decoding: Decoding, decode: Decode) -> DecodedText:
    """Return the final text of a window: the first text if it passes."""
    if _is_silence(first, decoding):
        return replace(first, text="", doubt=Doubt.NO_SPEECH)
    if _is_prompted(decoding) and not passes(first, decoding):
        decoding = replace(decoding, initial_prompt=None, hotwords=None)
        first = decode(decoding, decoding.temperature)
    tried = [first]
    for temperature in decoding.fallback_temperatures:
        if passes(tried[-1], decoding):
            return tried[-1]
        tried.append(decode(decoding, temperature))
    return tried[-1] if passes(tried[-1], decoding) else _mark(_best(tried, decoding), decoding)


def _best(tried: list[DecodedText], decoding: Decoding) -> DecodedText:
    return max(tried, key=lambda text: (not _is_repetitive(text, decoding), text.avg_logprob))


def _mark(text: DecodedText, decoding: Decoding) -> DecodedText:
    if _is_silence(text, decoding):
        return replace(text, text="", doubt=Doubt.NO_SPEECH)
    if _is_repetitive(text, decoding):
        return replace(text, text=cut_loops(text.text), doubt=Doubt.REPETITION)
    return replace(text, doubt=Doubt.IMPROBABLE)


def _is_silence(text: DecodedText, decoding: Decoding) -> bool:
    """Return whether the window has no speech. A repeated prompt is probable, but not spoken."""
    no_speech = text.no_speech_prob > decoding.no_speech_threshold
    return no_speech and (_is_improbable(text, decoding) or _repeats_prompt(text, decoding, 1))


def _is_improbable(text: DecodedText, decoding: Decoding) -> bool:
    return bool(text.text.strip()) and text.avg_logprob < decoding.logprob_threshold


def _is_repetitive(text: DecodedText, decoding: Decoding) -> bool:
    return compression_ratio(text.text) > decoding.compression_ratio_threshold


def _is_of_prompt(text: DecodedText, decoding: Decoding) -> bool:
    """Return whether the text only repeats the prompt, or the prompt left speech without text."""
    has_speech = text.no_speech_prob <= decoding.no_speech_threshold
    is_missing = _is_prompted(decoding) and has_speech and not text.text.strip()
    return is_missing or _repeats_prompt(text, decoding, _MIN_ECHO_WORDS)


def _is_prompted(decoding: Decoding) -> bool:
    return bool(decoding.initial_prompt or decoding.hotwords)


def _repeats_prompt(text: DecodedText, decoding: Decoding, min_words: int) -> bool:
    """Return whether the text is a part of the prompt or the hotwords."""
    words = _words(text.text)
    prompts = (decoding.initial_prompt or "", decoding.hotwords or "")
    return len(words) >= min_words and any(_is_part(words, _words(prompt)) for prompt in prompts)


def _is_part(words: list[str], prompt: list[str]) -> bool:
    starts = range(len(prompt) - len(words) + 1)
    return any(prompt[start : start + len(words)] == words for start in starts)


def _words(text: str) -> list[str]:
    spaced = "".join(sign if sign.isalnum() else " " for sign in text.lower())
    return spaced.split()
