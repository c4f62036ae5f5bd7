"""The decoding options of the speech model, from the options of a job."""

from typing import Any

from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import Preset
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

_BEAM_SEARCH = ("beam_size", "patience", "length_penalty")


def decoding_options(options: Options, language: str, *, preset: Preset) -> Decoding:
    """Return the decoding options for windows in this language."""
    overrides: dict[str, Any] = {"beam_size": preset.beam_size} | {
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


def ignored_options(options: Options) -> list[str]:
    """Return a warning for each option of the beam search if the text is sampled instead."""
    if not options.temperature:
        return []
    given = [name for name in _BEAM_SEARCH if getattr(options, name) is not None]
    return [f"{name} has no effect with a temperature above 0" for name in given]


def _unless_blank(text: str | None) -> str | None:
    """Return `None` for a blank prompt, which the model would take for speech."""
    return text if text and text.strip() else None
