"""Clamps decoding options: these models decode greedily, without a prompt, and once."""

from whisperfarm_worker.engines.port import Decoding

_REASONS = {
    "beam_size": "decodes greedily",
    "patience": "decodes greedily",
    "length_penalty": "decodes greedily",
    "initial_prompt": "takes no prompt",
    "hotwords": "takes no hotwords",
    "suppress_numerals": "writes numbers as it was trained to",
    "suppress_tokens": "has other tokens than Whisper",
    "temperature": "decodes greedily",
    "temperature_increment": "decodes each window once",
    "compression_ratio_threshold": "decodes each window once",
    "logprob_threshold": "decodes each window once",
    "no_speech_threshold": "does not estimate whether there is speech",
}
"""Options without effect, and why."""

_OPTIONS = {"temperature_increment": "temperature_increment_on_fallback"}
"""What callers call an option, if it is not the name of the field."""


def clamp_options(decoding: Decoding) -> tuple[Decoding, list[str]]:
    """Return the defaults for the options without effect, and a warning for each other value."""
    clamped = Decoding(language=decoding.language, task=decoding.task)
    return clamped, [
        f"{_OPTIONS.get(name, name)} has no effect: this speech model {reason}"
        for name, reason in _REASONS.items()
        if getattr(decoding, name) != getattr(clamped, name)
    ]
