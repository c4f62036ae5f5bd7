"""The decoding options of the speech model, from the options of a job."""

from whisperfarm_contract.options import Options
from whisperfarm_worker.engines.port import Decoding

_DECODING_FIELDS = {
    "beam_size": "beam_size",
    "patience": "patience",
    "length_penalty": "length_penalty",
    "suppress_numerals": "suppress_numerals",
    "temperature": "temperature",
    "temperature_increment_on_fallback": "temperature_increment",
    "compression_ratio_threshold": "compression_ratio_threshold",
    "logprob_threshold": "logprob_threshold",
    "no_speech_threshold": "no_speech_threshold",
}
"""Options and the fields of `Decoding` that they set."""


def decoding_options(options: Options, language: str) -> Decoding:
    """Return the decoding options for windows in this language."""
    overrides = {
        field: getattr(options, name)
        for name, field in _DECODING_FIELDS.items()
        if getattr(options, name) is not None
    }
    if options.suppress_tokens is not None:
        overrides["suppress_tokens"] = tuple(map(int, options.suppress_tokens.split(",")))
    return Decoding(
        language=language,
        task=options.task,
        initial_prompt=_unless_blank(options.initial_prompt),
        hotwords=_unless_blank(options.hotwords),
        **overrides,
    )


def _unless_blank(text: str | None) -> str | None:
    """Return `None` for a blank prompt, which the model would take for speech."""
    return text if text and text.strip() else None
