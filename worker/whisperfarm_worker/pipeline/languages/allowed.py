"""The languages that a recording may have, by the caller's options, the preset and the model."""

from collections.abc import Collection
from dataclasses import dataclass

from whisperfarm_contract.language_choice import AUTO
from whisperfarm_contract.languages import NAMES
from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import UnknownLanguage


@dataclass(frozen=True, slots=True)
class AllowedLanguages:
    """At least one code, and whether the language may change within a channel."""

    codes: tuple[str, ...]
    may_change: bool = False

    @property
    def only(self) -> str | None:
        """The only language, or `None` if there are several."""
        return self.codes[0] if len(self.codes) == 1 else None


def allowed_languages(
    options: Options, preset: Preset, model_languages: Collection[str]
) -> AllowedLanguages:
    """Return the languages of a job. Raises `UnknownLanguage` for one that is not supported."""
    supported = _supported(preset, model_languages)
    for name, codes in options.named_languages.items():
        _check(name, codes, preset, supported)
    if options.fixed_language is not None:
        return AllowedLanguages((options.fixed_language,))
    codes = options.listed_languages or supported
    may_change = options.language == AUTO or bool(options.listed_languages)
    return AllowedLanguages(tuple(codes), may_change=may_change and len(codes) > 1)


def idle_warnings(options: Options, preset: Preset, allowed: AllowedLanguages) -> list[str]:
    """Return a warning if the caller wants detection among languages and there is only one."""
    if options.language != AUTO or options.listed_languages or allowed.only is None:
        return []
    return [f"language=auto has no effect: {preset.name} has one language, {NAMES[allowed.only]}"]


def _supported(preset: Preset, model_languages: Collection[str]) -> tuple[str, ...]:
    if len(preset.languages) == 1 or not preset.languages:
        return preset.languages or tuple(sorted(model_languages))
    return tuple(code for code in preset.languages if code in model_languages) or preset.languages


def _check(name: str, codes: Collection[str], preset: Preset, supported: Collection[str]) -> None:
    for code in codes:
        if code not in supported:
            raise UnknownLanguage(
                f"{name}: {preset.name} does not support {NAMES[code]}; use one of"
                f" {', '.join(sorted(supported))}"
            )
