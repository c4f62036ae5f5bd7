"""Parses the fields of a request: the job's options, policy, labels and preset."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whisperfarm_contract import job_labels, job_policy, options, quality, schema_fields
from whisperfarm_contract.diarizers import takes_number_of_speakers
from whisperfarm_contract.job_labels import JobLabels
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import PRESETS, Preset
from whisperfarm_contract.problems import ClientError, InvalidOption, UnknownLanguage, UnknownModel


@dataclass(frozen=True, slots=True)
class JobRequest:
    """Preset, options, policy and labels of one job."""

    preset: Preset
    options: Options
    policy: JobPolicy
    labels: JobLabels


def properties() -> dict[str, Any]:
    """Return the fields as `properties` of a JSON Schema (2020-12)."""
    return schema_fields.properties(Options, JobPolicy, JobLabels)


def parse(fields: Mapping[str, Any], presets: Mapping[str, Preset]) -> JobRequest:
    """Parse the fields. `presets` are the farm's presets by name, the default first.

    Raises `UnknownOption`, `InvalidOption`, `UnknownModel` or `UnknownLanguage`.
    """
    requested = _read_options(fields)
    preset = get_preset(requested_model(requested, presets), presets)
    check_preset(requested, preset)
    return JobRequest(preset, requested, job_policy.read(fields), job_labels.read(fields))


def precheck(fields: Mapping[str, Any], presets: Mapping[str, Preset]) -> JobRequest | None:
    """Reject invalid options before the body is read. Raises like `parse`.

    Returns the request, or `None` if it is only valid together with fields that may follow the
    file.
    """
    try:
        return parse(fields, presets)
    except ClientError:
        _check_incomplete(fields, presets)
        return None


def _check_incomplete(fields: Mapping[str, Any], presets: Mapping[str, Preset]) -> None:
    # Most encodings require `sample_rate`, which may follow the file.
    complete_fields = {name: value for name, value in fields.items() if name != "encoding"}
    requested = _read_options(complete_fields)
    job_policy.read(fields)
    job_labels.read(fields)
    if requested.model is not None or requested.asks_for_quality:
        check_preset(requested, get_preset(requested_model(requested, presets), presets))


def _read_options(fields: Mapping[str, Any]) -> Options:
    """Read the options among the fields, which also contain those of the policy and the labels."""
    other_fields = {**job_policy.FIELD_TYPES, **job_labels.FIELD_TYPES}
    engine_fields = {name: value for name, value in fields.items() if name not in other_fields}
    return options.read(engine_fields, also_known=other_fields)


def requested_model(requested: Options, presets: Mapping[str, Preset]) -> str:
    """Return the preset that the options name: by `model`, or by `quality` and `noisy`.

    Raises `InvalidOption` if this farm has no preset for the quality.
    """
    if not requested.asks_for_quality:
        return requested.model or next(iter(presets))
    found = quality.find_preset(requested.quality, requested.noisy, presets)
    if found is None:
        name = "quality" if requested.quality else "noisy"
        raise InvalidOption(
            f"{name}: this farm serves no profile with this quality; leave {name} out and name a"
            f" model ({', '.join(presets)}), or ask the farm's operator to set WHISPERFARM_PROFILE"
        )
    return found


def get_preset(name: str, presets: Mapping[str, Preset]) -> Preset:
    """Return the preset of this name. Raises `UnknownModel` if the farm does not serve it."""
    if name in presets:
        return presets[name]
    served_text = f"this farm serves {', '.join(presets)}"
    if name in PRESETS:
        raise UnknownModel(f"the model {name!r} is not served by this farm; {served_text}")
    raise UnknownModel(f"there is no model or preset {name!r}; {served_text}")


def check_preset(requested: Options, preset: Preset) -> None:
    """Raise `UnknownLanguage` or `InvalidOption` for what the preset's models cannot do."""
    check_languages(requested, preset)
    _check_speakers(requested, preset)
    if requested.task == "translate" and not preset.translates:
        raise InvalidOption(f"task: the model {preset.name!r} cannot translate; leave task out")


def _check_speakers(requested: Options, preset: Preset) -> None:
    """Raise `InvalidOption` for a number of speakers that the diarizer cannot promise.

    It may also miss `min_speakers` and `max_speakers`; the transcript then has a warning.
    """
    wanted = requested.wants_diarizer(by_default=preset.diarize)
    if requested.num_speakers is None or not wanted or takes_number_of_speakers(preset.diarizer):
        return
    raise InvalidOption(
        f"num_speakers: the diarizer {preset.diarizer!r} of the model {preset.name!r} finds the"
        " number of speakers itself; leave num_speakers out, or name a model with another diarizer"
    )


def check_languages(requested: Options, preset: Preset) -> None:
    """Raise `UnknownLanguage` if the preset does not support a language of the options."""
    for name, codes in requested.named_languages.items():
        for code in codes:
            if preset.languages and code not in preset.languages:
                raise UnknownLanguage(
                    f"{name}: the model {preset.name!r} does not support {code!r}; use one of"
                    f" {', '.join(preset.languages)}"
                )
