import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from whisperfarm_contract import options
from whisperfarm_contract.options import KINDS, Options
from whisperfarm_contract.problems import LanguageUnknown, OptionUnknown, OptionWrong

FORM = {
    "model": "high", "task": "Translate", "language": "German", "initial_prompt": "Dr. Müller",
    "hotwords": "Schufa", "beam_size": "5", "patience": "1.5", "length_penalty": "-1",
    "suppress_numerals": "True", "vad_onset": "0.3", "vad_offset": "0.2", "align": "yes",
    "diarize": "1", "num_speakers": "2", "min_speakers": "1", "max_speakers": "3",
    "channels": "speakers", "encoding": "mulaw", "sample_rate": "8000",
}  # fmt: skip
"""Every option, as a form sends it."""


def test_a_form_is_read_into_typed_values() -> None:
    assert options.read(FORM) == Options(
        model="high", task="translate", language="de", initial_prompt="Dr. Müller",
        hotwords="Schufa", beam_size=5, patience=1.5, length_penalty=-1.0, suppress_numerals=True,
        vad_onset=0.3, vad_offset=0.2, align=True, diarize=True, num_speakers=2, min_speakers=1,
        max_speakers=3, channels="speakers", encoding="mulaw", sample_rate=8000,
    )  # fmt: skip


def test_the_wire_form_survives_json() -> None:
    given = options.read(FORM)
    assert options.read(json.loads(json.dumps(given.to_wire()))) == given


def test_the_wire_form_has_only_what_was_given() -> None:
    assert options.read({}).to_wire() == {}
    assert options.read({"diarize": "false"}).to_wire() == {"diarize": False}


@pytest.mark.parametrize("nothing", ["", None])
def test_an_empty_value_means_not_given(nothing: Any) -> None:
    assert options.read(dict.fromkeys(KINDS, nothing)) == Options()


def test_an_unknown_option_is_named_with_the_known_ones() -> None:
    with pytest.raises(OptionUnknown, match=r"'beam'.*beam_size"):
        options.read({"beam": "5"})


def test_an_unknown_language_has_its_own_name() -> None:
    with pytest.raises(LanguageUnknown, match=r"language: .*'klingon'"):
        options.read({"language": "klingon"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("task", "summarise"),
        ("beam_size", "0"),
        ("beam_size", "2.5"),
        ("beam_size", True),
        ("patience", "nan"),
        ("patience", "inf"),
        ("patience", 10**400),
        ("patience", []),
        ("diarize", "maybe"),
        ("sample_rate", "800"),
        ("model", 7),
        ("hotwords", "x" * 2001),
        ("initial_prompt", "a\0b"),
    ],
)
def test_a_wrong_value_is_refused_with_the_name_of_its_option(name: str, value: Any) -> None:
    with pytest.raises(OptionWrong, match=f"^{name}: "):
        options.read({name: value})


@pytest.mark.parametrize(
    "together",
    [{"min_speakers": "3", "max_speakers": "2"}, {"encoding": "s16le"}],
    ids=["least above most", "headerless without a rate"],
)
def test_values_that_do_not_go_together_are_refused(together: dict[str, str]) -> None:
    with pytest.raises(OptionWrong):
        options.read(together)


def test_the_json_schema_describes_every_option() -> None:
    schema = options.json_schema()
    Draft202012Validator.check_schema(schema)
    assert set(schema["properties"]) == set(KINDS) == set(FORM)
    Draft202012Validator(schema).validate(options.read(FORM).to_wire())


@pytest.mark.parametrize("wrong", [{"beam_size": 21}, {"task": "sing"}, {"colour": "red"}])
def test_the_json_schema_refuses_what_is_refused(wrong: dict[str, Any]) -> None:
    assert not Draft202012Validator(options.json_schema()).is_valid(wrong)
