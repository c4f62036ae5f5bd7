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


def preset_name(model: str, presets: Mapping[str, Preset], aliases: Mapping[str, str]) -> str:
    """Return the name of the preset for a model. An unknown model's name is returned as it is.

    A preset's own name has precedence, then the first alias whose pattern matches.
    """
    if model in presets:
        return model
    for pattern, preset in aliases.items():
        if fnmatchcase(model, pattern):
            return preset or next(iter(presets))
    return model
