from collections.abc import Mapping

import pytest

from whisperfarm_contract.presets import PRESETS, Preset
from whisperfarm_contract.problems import (
    LanguageUnknown,
    ModelUnknown,
    OptionUnknown,
    OptionWrong,
    Problem,
)
from whisperfarm_dispatcher.submission import job_request

SERVED: Mapping[str, Preset] = {name: PRESETS[name] for name in ("demo", "small")}


def test_without_a_model_the_first_preset_is_taken() -> None:
    assert job_request.take({}, SERVED).preset.name == "demo"


def test_options_and_preset_come_from_the_fields() -> None:
    taken = job_request.take({"model": "small", "language": "German", "beam_size": "5"}, SERVED)
    assert taken.preset.name == "small"
    assert (taken.options.language, taken.options.beam_size) == ("de", 5)


def test_a_model_that_is_known_but_not_served_is_refused_with_those_that_are() -> None:
    with pytest.raises(ModelUnknown, match=r"'premium' is not served.* serves demo, small"):
        job_request.take({"model": "premium"}, SERVED)


def test_a_model_that_nobody_knows_is_refused_with_those_that_are_served() -> None:
    with pytest.raises(ModelUnknown, match=r"no model .*'enormous'; this farm serves demo, small"):
        job_request.take({"model": "enormous"}, SERVED)


def test_a_language_that_the_preset_does_not_speak_is_refused() -> None:
    with pytest.raises(LanguageUnknown, match="'demo' does not support 'de'; use one of en"):
        job_request.take({"language": "de"}, SERVED)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"lanugage": "en"}, OptionUnknown),
        ({"beam_size": "many"}, OptionWrong),
        ({"encoding": "mulaw"}, OptionWrong),
    ],
)
def test_bad_options_are_refused(fields: dict[str, str], kind: type[Problem]) -> None:
    with pytest.raises(kind):
        job_request.take(fields, SERVED)


@pytest.mark.parametrize(
    "fields",
    [
        {"encoding": "mulaw"},  # sample_rate may follow
        {"language": "de"},  # a model that speaks it may follow
        {"model": "small", "language": "de"},
    ],
)
def test_a_glance_lets_pass_what_may_become_right(fields: dict[str, str]) -> None:
    job_request.glance(fields, SERVED)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"lanugage": "en"}, OptionUnknown),
        ({"beam_size": "many"}, OptionWrong),
        ({"model": "enormous"}, ModelUnknown),
        ({"model": "demo", "language": "de"}, LanguageUnknown),
    ],
)
def test_a_glance_refuses_what_stays_wrong(fields: dict[str, str], kind: type[Problem]) -> None:
    with pytest.raises(kind):
        job_request.glance(fields, SERVED)
