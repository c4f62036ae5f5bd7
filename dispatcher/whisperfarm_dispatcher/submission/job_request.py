"""Parses the fields of a request: the job's options, its policy, and its preset."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whisperfarm_contract import job_policy, options, record
from whisperfarm_contract.job_policy import Terms
from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import PRESETS, Preset
from whisperfarm_contract.problems import LanguageUnknown, ModelUnknown


@dataclass(frozen=True, slots=True)
class Order:
    """Preset, options and policy of one job."""

    preset: Preset
    options: Options
    terms: Terms


def properties() -> dict[str, Any]:
    """Return the fields as `properties` of a JSON Schema (2020-12)."""
    return record.properties(Options, Terms)


def take(fields: Mapping[str, Any], served: Mapping[str, Preset]) -> Order:
    """Parse the fields. `served` are the farm's presets by name, the default first.

    Raises `OptionUnknown`, `OptionWrong`, `ModelUnknown` or `LanguageUnknown`.
    """
    wanted = options.read(_of_the_engine(fields))
    preset = _served(wanted.model or next(iter(served)), served)
    _check_language(wanted.language, preset)
    return Order(preset, wanted, job_policy.read(fields))


def glance(fields: Mapping[str, Any], served: Mapping[str, Preset]) -> None:
    """Reject invalid options before the body is read. Fields after the file are checked later."""
    # `encoding` requires `sample_rate`, which may follow the file.
    known = {name: value for name, value in fields.items() if name != "encoding"}
    wanted = options.read(_of_the_engine(known))
    job_policy.read(fields)
    if wanted.model is not None:
        _check_language(wanted.language, _served(wanted.model, served))


def _of_the_engine(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in job_policy.KINDS}


def _served(name: str, served: Mapping[str, Preset]) -> Preset:
    if name in served:
        return served[name]
    here = f"this farm serves {', '.join(served)}"
    if name in PRESETS:
        raise ModelUnknown(f"the model {name!r} is not served by this farm; {here}")
    raise ModelUnknown(f"there is no model or preset {name!r}; {here}")


def _check_language(language: str | None, preset: Preset) -> None:
    if language is not None and preset.languages and language not in preset.languages:
        raise LanguageUnknown(
            f"language: the model {preset.name!r} does not support {language!r}; use one of"
            f" {', '.join(preset.languages)}"
        )
