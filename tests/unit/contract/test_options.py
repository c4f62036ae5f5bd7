import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from whisperfarm_contract import options
from whisperfarm_contract.options import FIELD_TYPES, Options
from whisperfarm_contract.problems import InvalidOption, UnknownLanguage, UnknownOption

FORM = {
    "model": "high", "task": "Translate", "language": "German", "languages": "de",
    "initial_prompt": "Dr. Müller",
    "hotwords": "Schufa", "vocabulary": "names",
    "beam_size": "5", "patience": "1.5", "length_penalty": "-1",
    "suppress_numerals": "True", "suppress_tokens": "-1, 50", "temperature": "0.4",
    "temperature_increment_on_fallback": "0", "compression_ratio_threshold": "2.8",
    "logprob_threshold": "-0.5", "no_speech_threshold": "0.7",
    "hallucination_silence_threshold": "2", "clip_timestamps": "0, 1.50, 2",
    "vad_onset": "0.3", "vad_offset": "0.2", "align": "yes", "diarize": "1",
    "num_speakers": "2", "min_speakers": "1", "max_speakers": "3",
    "name_speakers": "1", "keep_voices": "0",
    "channels": "mix", "channel_names": "agent, customer", "crosstalk": "keep",
    "track": "ger", "redact": "Phone, card", "redact_sound": "beep", "originals": "destroy",
    "encoding": "mulaw", "sample_rate": "8000",
}  # fmt: skip
"""All options that may be given together, as fields of a form."""

LEGS = {"leg_offset_s": "0, 5.20", "leg_name": "agent,"}
INSTEAD_OF_MODEL = {"quality": "Critical", "noisy": "yes"}


def test_read_converts_form_fields() -> None:
    assert options.read(FORM) == Options(
        model="high", task="translate", language="de", languages="de",
        initial_prompt="Dr. Müller",
        hotwords="Schufa", vocabulary="names",
        beam_size=5, patience=1.5, length_penalty=-1.0, suppress_numerals=True,
        suppress_tokens="-1,50", temperature=0.4, temperature_increment_on_fallback=0.0,
        compression_ratio_threshold=2.8, logprob_threshold=-0.5, no_speech_threshold=0.7,
        hallucination_silence_threshold=2.0, clip_timestamps="0,1.5,2",
        vad_onset=0.3, vad_offset=0.2, align=True, diarize=True, num_speakers=2, min_speakers=1,
        max_speakers=3, name_speakers=True, keep_voices=False,
        channels="mix", channel_names="agent,customer", crosstalk="keep",
        track="de", redact="card,phone", redact_sound="beep", originals="destroy",
        encoding="mulaw", sample_rate=8000,
    )  # fmt: skip


def test_read_inverts_to_wire() -> None:
    for form in (FORM, LEGS):
        given = options.read(form)
        assert options.read(json.loads(json.dumps(given.to_wire()))) == given


def test_quality_is_read_instead_of_a_model() -> None:
    given = options.read(INSTEAD_OF_MODEL)
    assert given == Options(quality="critical", noisy=True)
    assert given.to_wire() == {"quality": "critical", "noisy": True}


def test_to_wire_has_only_given_options() -> None:
    assert options.read({}).to_wire() == {}
    assert options.read({"diarize": "false"}).to_wire() == {"diarize": False}


@pytest.mark.parametrize("nothing", ["", None])
def test_read_treats_an_empty_value_as_not_given(nothing: Any) -> None:
    assert options.read(dict.fromkeys(FIELD_TYPES, nothing)) == Options()


def test_read_names_the_unknown_and_known_options() -> None:
    with pytest.raises(UnknownOption, match=r"'beam'.*beam_size"):
        options.read({"beam": "5"})


def test_read_raises_unknown_language() -> None:
    with pytest.raises(UnknownLanguage, match=r"language: .*'klingon'"):
        options.read({"language": "klingon"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("task", "summarise"),
        ("suppress_tokens", "all"),
        ("suppress_tokens", "1,,2"),
        ("suppress_tokens", "-2"),
        ("temperature", "1.1"),
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
        ("redact", "card,,phone"),
        ("redact", "card " * 500),
    ],
)
def test_read_names_the_option_with_an_invalid_value(name: str, value: Any) -> None:
    with pytest.raises(InvalidOption, match=f"^{name}: "):
        options.read({name: value})


@pytest.mark.parametrize(
    "together",
    [
        {"redact_sound": "beep"},
        {"redact": "card", "originals": "destroy", "keep_voices": "1"},
        {"originals": "destroy"},
        {"min_speakers": "3", "max_speakers": "2"},
        {"num_speakers": "2", "max_speakers": "1"},
        {"num_speakers": "1", "min_speakers": "3"},
        {"channels": "speakers", "diarize": "true"},
        {"channels": "speakers", "num_speakers": "2"},
        {"channels": "speakers", "min_speakers": "2"},
        {"channels": "speakers", "max_speakers": "2"},
        {"encoding": "s16le"},
        {"languages": "en,fr", "language": "de"},
        {"languages": "en,de", "language": "de"},
    ],
    ids=lambda together: "&".join(f"{name}={value}" for name, value in together.items()),
)
def test_read_rejects_conflicting_options(together: dict[str, str]) -> None:
    *_, name = together
    with pytest.raises(InvalidOption, match=name):
        options.read(together)


@pytest.mark.parametrize(
    "together",
    [
        {"num_speakers": "2", "min_speakers": "2", "max_speakers": "2"},
        {"channels": "speakers", "diarize": "false"},
        {"channels": "mix", "diarize": "true", "num_speakers": "2"},
        {"language": "auto", "languages": "en,de"},
        {"language": "de", "languages": "German"},
    ],
)
def test_read_accepts_options_that_agree(together: dict[str, str]) -> None:
    assert options.read(together).channels == together.get("channels", "mix")


def test_json_schema_describes_every_option() -> None:
    schema = options.json_schema()
    Draft202012Validator.check_schema(schema)
    assert set(schema["properties"]) == set(FIELD_TYPES) == {*FORM, *LEGS, *INSTEAD_OF_MODEL}
    for form in (FORM, LEGS):
        Draft202012Validator(schema).validate(options.read(form).to_wire())


@pytest.mark.parametrize("wrong", [{"beam_size": 21}, {"task": "sing"}, {"colour": "red"}])
def test_json_schema_rejects_what_read_rejects(wrong: dict[str, Any]) -> None:
    assert not Draft202012Validator(options.json_schema()).is_valid(wrong)


def test_encoding_with_only_one_rate_needs_no_sample_rate() -> None:
    assert options.read({"encoding": "g722"}) == options.read(
        {"encoding": "g722", "sample_rate": ""}
    )
    assert options.read({"encoding": "gsm", "sample_rate": "8000"}).sample_rate == 8000


@pytest.mark.parametrize(
    "wrong",
    [
        {"encoding": "g722", "sample_rate": "8000"},  # the clock rate that RTP gives it
        {"encoding": "gsm", "sample_rate": "16000"},
        {"encoding": "vox"},
    ],
)
def test_impossible_sample_rate_is_rejected(wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidOption, match="sample_rate"):
        options.read(wrong)


@pytest.mark.parametrize(
    ("given", "value"),
    [("0", "0"), (1, "1"), ("07", "7"), ("eng", "en"), ("German", "de"), ("ger", "de"),
     ("deu", "de"), ("de-AT", "de"), ("pt_BR", "pt"), ("QAA", "qaa")],
)  # fmt: skip
def test_track_is_a_number_or_a_language(given: object, value: str) -> None:
    assert options.read({"track": given}).track == value


@pytest.mark.parametrize("given", ["-1", "100", "1.5", "first", True, ["0"]])
def test_track_rejects_other_values(given: object) -> None:
    with pytest.raises(InvalidOption, match=r"track: .* is not an audio track"):
        options.read({"track": given})


@pytest.mark.parametrize("given", ["auto", "AUTO", " Auto "])
def test_auto_is_no_fixed_language(given: str) -> None:
    read = options.read({"language": given})
    assert (read.language, read.fixed_language) == ("auto", None)


@pytest.mark.parametrize("given", ["en,de", "German, english", "de,en,EN"])
def test_languages_are_codes_in_one_order(given: str) -> None:
    read = options.read({"languages": given})
    assert read.listed_languages == ("de", "en")
    assert read.to_wire() == {"languages": "de,en"}


@pytest.mark.parametrize("given", ["en,klingon", "en,,de", "auto", ["en", "de"], "en," * 1000])
def test_languages_rejects_other_values(given: object) -> None:
    with pytest.raises(UnknownLanguage, match="languages: "):
        options.read({"languages": given})


def test_schema_accepts_empty_text_as_not_given() -> None:
    patterns = {
        name: one["pattern"]
        for name, one in options.json_schema()["properties"].items()
        if "pattern" in one
    }
    assert options.read(dict.fromkeys(patterns, "")) == Options()
    assert {name for name, pattern in patterns.items() if not re.match(pattern, "")} == set()
