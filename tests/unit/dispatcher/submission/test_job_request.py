import re
from collections.abc import Callable, Mapping

import pytest

from whisperfarm_contract import job_policy, options
from whisperfarm_contract.diarizers import SENKO
from whisperfarm_contract.presets import PRESETS, Preset
from whisperfarm_contract.problems import (
    InvalidOption,
    Problem,
    UnknownLanguage,
    UnknownModel,
    UnknownOption,
)
from whisperfarm_dispatcher.submission import job_request

SERVED: Mapping[str, Preset] = {name: PRESETS[name] for name in ("demo", "small")}


def test_parse_uses_the_first_preset_by_default() -> None:
    assert job_request.parse({}, SERVED).preset.name == "demo"


def test_parse_reads_options_and_preset() -> None:
    taken = job_request.parse({"model": "small", "language": "German", "beam_size": "5"}, SERVED)
    assert taken.preset.name == "small"
    assert (taken.options.language, taken.options.beam_size) == ("de", 5)


def test_model_that_is_not_served_is_rejected_with_a_list() -> None:
    with pytest.raises(UnknownModel, match=r"'premium' is not served.* serves demo, small"):
        job_request.parse({"model": "premium"}, SERVED)


@pytest.mark.parametrize("read", [job_request.parse, job_request.precheck])
def test_unknown_option_is_rejected_with_options_and_policy(read: Callable[..., object]) -> None:
    with pytest.raises(UnknownOption) as raised:
        read({"lanugage": "en", "cache": "no"}, SERVED)
    assert {*options.FIELD_TYPES, *job_policy.FIELD_TYPES} <= set(
        re.findall(r"\w+", raised.value.detail)
    )


def test_unknown_model_is_rejected_with_the_served_ones() -> None:
    with pytest.raises(UnknownModel, match=r"no model .*'enormous'; this farm serves demo, small"):
        job_request.parse({"model": "enormous"}, SERVED)


def test_language_of_another_preset_is_rejected() -> None:
    with pytest.raises(UnknownLanguage, match="'demo' does not support 'de'; use one of en"):
        job_request.parse({"language": "de"}, SERVED)


def test_list_with_a_language_of_another_preset_is_rejected() -> None:
    with pytest.raises(UnknownLanguage, match="languages: the model 'demo' does not support 'de'"):
        job_request.parse({"languages": "en,de"}, SERVED)


@pytest.mark.parametrize("name", ["turbo", "distil-large-v3", "small.en", "parakeet"])
def test_translation_is_rejected_if_the_model_has_none(name: str) -> None:
    with pytest.raises(InvalidOption, match=f"task: the model '{name}' cannot translate"):
        job_request.parse({"task": "translate"}, {name: PRESETS[name]})


@pytest.mark.parametrize("name", ["large-v3", "canary"])
def test_translation_is_accepted_if_the_model_has_it(name: str) -> None:
    assert job_request.parse({"task": "translate"}, {name: PRESETS[name]}).preset.name == name


def test_automatic_language_is_accepted_by_every_preset() -> None:
    for model in SERVED:
        parsed = job_request.parse({"model": model, "language": "auto"}, SERVED)
        assert parsed.options.language == "auto"


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"lanugage": "en"}, UnknownOption),
        ({"beam_size": "many"}, InvalidOption),
        ({"encoding": "mulaw"}, InvalidOption),
    ],
)
def test_invalid_options_are_rejected(fields: dict[str, str], kind: type[Problem]) -> None:
    with pytest.raises(kind):
        job_request.parse(fields, SERVED)


@pytest.mark.parametrize(
    "fields",
    [
        {"encoding": "mulaw"},  # sample_rate may follow
        {"language": "de"},  # a preset that supports it may follow
        {"model": "small", "language": "de"},
    ],
)
def test_precheck_accepts_incomplete_fields(fields: dict[str, str]) -> None:
    job_request.precheck(fields, SERVED)


@pytest.mark.parametrize("fields", [{}, {"model": "small", "language": "de"}])
def test_precheck_returns_the_request_of_complete_fields(fields: dict[str, str]) -> None:
    assert job_request.precheck(fields, SERVED) == job_request.parse(fields, SERVED)


@pytest.mark.parametrize("fields", [{"encoding": "mulaw"}, {"language": "de"}])
def test_precheck_returns_none_for_incomplete_fields(fields: dict[str, str]) -> None:
    assert job_request.precheck(fields, SERVED) is None


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"lanugage": "en"}, UnknownOption),
        ({"beam_size": "many"}, InvalidOption),
        ({"model": "enormous"}, UnknownModel),
        ({"model": "demo", "language": "de"}, UnknownLanguage),
        ({"model": "demo", "languages": "de"}, UnknownLanguage),
        ({"language": "de", "languages": "en,fr"}, InvalidOption),
    ],
)
def test_precheck_rejects_invalid_fields(fields: dict[str, str], kind: type[Problem]) -> None:
    with pytest.raises(kind):
        job_request.precheck(fields, SERVED)


WITH_SENKO = {"calls": Preset(name="calls", asr="small", diarize=True, diarizer=SENKO)}


def test_number_of_speakers_is_rejected_if_the_diarizer_finds_it_itself() -> None:
    with pytest.raises(InvalidOption, match=r"num_speakers: the diarizer 'senko' .*'calls'"):
        job_request.parse({"num_speakers": "2"}, WITH_SENKO)


@pytest.mark.parametrize(
    "fields", [{"num_speakers": "2", "diarize": "no"}, {"min_speakers": "2", "max_speakers": "4"}]
)
def test_number_of_speakers_is_accepted_if_it_is_no_promise(fields: Mapping[str, str]) -> None:
    assert job_request.parse(fields, WITH_SENKO).preset.name == "calls"


PROFILE = {
    name: Preset(name=name, asr="small")
    for name in ("profile-standard", "profile-fast", "profile-standard-noisy")
}


@pytest.mark.parametrize(
    ("fields", "preset"),
    [
        ({}, "profile-standard"),
        ({"quality": "fast"}, "profile-fast"),
        ({"noisy": "true"}, "profile-standard-noisy"),
        ({"quality": "fast", "noisy": "true"}, "profile-fast"),
        ({"quality": "fast", "noisy": "false"}, "profile-fast"),
        ({"noisy": "false", "model": "profile-fast"}, "profile-fast"),
    ],
)
def test_quality_chooses_the_preset(fields: Mapping[str, str], preset: str) -> None:
    assert job_request.parse(fields, PROFILE).preset.name == preset


@pytest.mark.parametrize("read", [job_request.parse, job_request.precheck])
@pytest.mark.parametrize("name", ["quality", "noisy"])
def test_quality_without_a_profile_is_rejected_with_a_cure(
    read: Callable[..., object], name: str
) -> None:
    value = {"quality": "fast", "noisy": "true"}[name]
    with pytest.raises(InvalidOption, match=rf"^{name}: .*demo, small.*set WHISPERFARM_PROFILE"):
        read({name: value}, SERVED)


def test_quality_that_is_not_served_is_rejected() -> None:
    with pytest.raises(InvalidOption, match="quality: this farm serves no profile with this"):
        job_request.parse({"quality": "critical"}, PROFILE)


@pytest.mark.parametrize("fields", [{"quality": "fast"}, {"noisy": "true"}])
def test_model_and_quality_contradict(fields: Mapping[str, str]) -> None:
    with pytest.raises(InvalidOption, match=r"contradicts model=demo.*omit one of the two"):
        job_request.parse({**fields, "model": "demo"}, SERVED)
