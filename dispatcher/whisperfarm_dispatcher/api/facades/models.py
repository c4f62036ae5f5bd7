"""The preset for a model's name in the API of another service."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import InvalidSettings

VARIABLE = "WHISPERFARM_MODEL_ALIASES"


def read_aliases(entries: tuple[str, ...]) -> Mapping[str, str]:
    """Parse the setting: `pattern=preset`, or a pattern alone for the farm's default preset.

    Returns the preset, or an empty text, by pattern. Raises `InvalidSettings`.
    """
    aliases: dict[str, str] = {}
    for entry in entries:
        pattern, _, preset = (text.strip() for text in entry.partition("="))
        if not pattern or pattern in aliases:
            raise InvalidSettings(
                f"{VARIABLE}: {entry!r} has no name, or one that is given twice; write each alias"
                " as name=preset"
            )
        aliases[pattern] = preset
    return aliases


def model_option(
    model: str, presets: Mapping[str, Preset], aliases: Mapping[str, str]
) -> Mapping[str, str]:
    """Return the option `model` for a model.

    It is left out for an alias of the farm's default: the caller must name some model, and may ask
    for a quality beside it.
    """
    is_default = model not in presets and _alias(model, aliases) == ""
    return {} if is_default else {"model": preset_name(model, presets, aliases)}


def preset_name(model: str, presets: Mapping[str, Preset], aliases: Mapping[str, str]) -> str:
    """Return the name of the preset for a model. An unknown model's name is returned as it is.

    A preset's own name has precedence, then the first alias whose pattern matches.
    """
    if model in presets:
        return model
    alias = _alias(model, aliases)
    return model if alias is None else alias or next(iter(presets))


def _alias(model: str, aliases: Mapping[str, str]) -> str | None:
    """Return the preset of the first alias whose pattern matches; an empty text is the default."""
    matches = (preset for pattern, preset in aliases.items() if fnmatchcase(model, pattern))
    return next(matches, None)
