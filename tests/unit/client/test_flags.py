"""The client's options, compared with the parser of the installed openai-whisper."""

import ast
import importlib.util
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from whisperfarm_client import VERSION, flags
from whisperfarm_contract import formats
from whisperfarm_contract.problems import InvalidOption, UnknownFormat

SIPREC_CALL = (
    "rec/whisper-audio-1.wav --model small --output_dir rec/o --output_format json"
    " --task transcribe --language en --device cuda --fp16 True"
)


class Flag(NamedTuple):
    """One `add_argument` of whisper's parser."""

    names: tuple[str, ...]
    kind: str
    choices: tuple[str, ...]
    default: Any

    def samples(self) -> list[str]:
        """Return values that whisper accepts."""
        values = {
            "str2bool": ["True", "False"],
            "optional_int": ["None", "3"],
            "optional_float": ["None", "0.5"],
            "float": ["1", "0.5"],
        }
        return list(self.choices) or values.get(self.kind, ["x", "-1"])


def _whisper_flags() -> list[Flag]:
    """Read the options from the source, because importing whisper loads torch."""
    spec = importlib.util.find_spec("whisper")
    assert spec is not None
    assert spec.submodule_search_locations
    source = Path(spec.submodule_search_locations[0], "transcribe.py").read_text(encoding="utf-8")
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [_flag(call) for call in calls if getattr(call.func, "attr", "") == "add_argument"]


def _flag(call: ast.Call) -> Flag:
    given = {one.arg: one.value for one in call.keywords}
    names = tuple(ast.literal_eval(one) for one in call.args)
    kind = ast.unparse(given["type"]) if "type" in given else "str"
    return Flag(names, kind, tuple(_literal(given, "choices") or ()), _literal(given, "default"))


def _literal(given: dict[str | None, ast.expr], name: str) -> Any:
    try:
        return ast.literal_eval(given[name])
    except (KeyError, ValueError):
        return None  # no default, or a computed one


WHISPER = [flag for flag in _whisper_flags() if flag.names[0].startswith("-")]


def test_whispers_parser_is_found() -> None:
    assert len(WHISPER) > 30


@pytest.mark.parametrize("flag", WHISPER, ids=lambda flag: flag.names[0])
def test_parse_accepts_every_flag_of_whisper(flag: Flag) -> None:
    dest = flag.names[0].lstrip("-")
    for name in flag.names:
        for value in flag.samples():
            assert dest in vars(flags.parse(["call.wav", name, value]))


def test_ignored_flags_are_whispers() -> None:
    assert {f"--{name}" for name in flags.IGNORED} <= {flag.names[0] for flag in WHISPER}


def test_folder_and_format_have_whispers_defaults() -> None:
    defaults = {flag.names[0]: flag.default for flag in WHISPER}
    given = flags.parse(["call.wav"])
    assert given.output_dir == defaults["--output_dir"] == "."
    assert given.output_format == defaults["--output_format"] == "all"


def test_parse_reads_the_call_of_a_recording_server() -> None:
    given = flags.parse(SIPREC_CALL.split())
    assert given.audio == ["rec/whisper-audio-1.wav"]
    assert (given.model, given.output_dir, given.output_format) == ("small", "rec/o", "json")
    assert (given.task, given.language) == ("transcribe", "en")


def test_formats_equal_those_of_the_contract() -> None:
    assert set(flags.FORMATS) == {*formats.FORMATS, "all"}


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["--no_cache", "call.wav"], True),
        (["call.wav", "--no_cache"], True),
        (["--no_cache", "--model", "demo", "call.wav"], True),
        (["--no_cache", "false", "call.wav"], False),
        (["--no_cache=False", "call.wav"], False),
        (["--no_cache", "--", "call.wav"], True),
        (["call.wav"], None),
    ],
)
def test_no_cache_is_accepted_with_and_without_a_value(
    argv: list[str], expected: bool | None
) -> None:
    given = flags.parse(argv)
    assert (given.no_cache, given.audio) == (expected, ["call.wav"])


def test_recording_after_dashes_may_have_the_name_of_a_flag() -> None:
    assert flags.parse(["--", "--no_cache", "-a"]).audio == ["--no_cache", "-a"]


def test_parse_ignores_the_case_of_a_format() -> None:
    assert flags.parse(["call.wav", "-f", "JSON"]).output_format == "json"


def test_parse_names_the_known_formats() -> None:
    with pytest.raises(UnknownFormat, match=r"'docx'.*verbose_json"):
        flags.parse(["call.wav", "--output_format", "docx"])


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ([], "audio"),
        (["call.wav", "--colour", "red"], "--colour"),
        (["call.wav", "--task", "sing"], "--task"),
        (["call.wav", "--beam_size", "2.5"], "--beam_size: '2.5' is not an integer"),
        (["call.wav", "--patience", "long"], "--patience: 'long' is not a number"),
        (["call.wav", "--diarize", "perhaps"], "--diarize: 'perhaps' is not True or False"),
        (["call.wav", "--timeout", "soon"], "--timeout: 'soon' is not a duration"),
        (["call.wav", "--sample_rate", "8k"], "--sample_rate: '8k' is not an integer"),
    ],
)
def test_invalid_command_line_is_reported_in_one_line(argv: list[str], said: str) -> None:
    with pytest.raises(InvalidOption, match=said) as caught:
        flags.parse(argv)
    assert "\n" not in caught.value.detail


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("temperature_increment_on_fallback", 0.0),
        ("compression_ratio_threshold", 100.0),
        ("logprob_threshold", -100.0),
        ("no_speech_threshold", 1.0),
    ],
)
def test_none_turns_a_test_of_whisper_off(name: str, expected: float) -> None:
    assert vars(flags.parse(["call.wav", f"--{name}", "None"]))[name] == expected


def test_none_is_no_silence_threshold() -> None:
    argv = ["call.wav", "--hallucination_silence_threshold"]
    assert flags.parse([*argv, "None"]).hallucination_silence_threshold is None
    assert flags.parse([*argv, "1.5"]).hallucination_silence_threshold == 1.5


def test_help_lists_ignored_flags(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        flags.parse(["--help"])
    assert ended.value.code == 0
    _, ignored = capsys.readouterr().out.split("accepted and ignored")
    assert all(f"--{name}" in ignored for name in flags.IGNORED)


def test_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        flags.parse(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"whisper-remote {VERSION}\n"


def test_no_flag_accepts_a_key() -> None:
    assert not {name for name in vars(flags.parse(["a"])) if "key" in name} - {"api_key_file"}
