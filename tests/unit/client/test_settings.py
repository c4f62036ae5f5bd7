from pathlib import Path

import pytest

from tests.support.project import PROJECT
from whisperfarm_client import VERSION, flags, settings
from whisperfarm_client.settings import Settings
from whisperfarm_contract import formats, job_policy, options
from whisperfarm_contract.problems import SettingsWrong

EVERY_OPTION = """
    --model high --task translate --language German --beam_size 5 --patience 1.5 --length_penalty 1
    --diarize True --num_speakers 2 --min_speakers 1 --max_speakers 3 --channels speakers
    --encoding alaw --sample_rate 8000 --word_timestamps True
"""


def _read(*argv: str, **environ: str) -> Settings:
    return settings.read(flags.parse(["call.wav", *argv]), environ)


def test_without_anything_the_farm_is_on_this_machine() -> None:
    chosen = _read()
    assert str(chosen.address) == "http://127.0.0.1:8000"
    assert chosen.key is None
    assert chosen.options == {}
    assert (chosen.timeout_s, chosen.connect_s, chosen.kill_after_s) == (86_400.0, 30.0, None)
    assert formats.Layout(**chosen.layout) == formats.PLAIN


@pytest.mark.parametrize(
    ("argv", "environ", "name", "expected"),
    [
        (["--url", "http://a"], {"WHISPERFARM_URL": "http://b"}, "address", "http://a:80"),
        ([], {"WHISPERFARM_URL": "http://b"}, "address", "http://b:80"),
        (["--timeout", "5m"], {"WHISPERFARM_TIMEOUT": "1m"}, "timeout_s", "300.0"),
        ([], {"WHISPERFARM_TIMEOUT": "1m"}, "timeout_s", "60.0"),
        (["--timeout", "0"], {}, "timeout_s", "None"),
        ([], {"WHISPERFARM_CONNECT_TIMEOUT": "0"}, "connect_s", "0.0"),
        ([], {"WHISPER_TIMEOUT": "10m"}, "kill_after_s", "600.0"),
        (["--silence_text", "-"], {"WHISPERFARM_SILENCE_TEXT": "b"}, "silence_text", "-"),
        ([], {"WHISPERFARM_SILENCE_TEXT": "b"}, "silence_text", "b"),
        ([], {"WHISPERFARM_URL": "  "}, "address", "http://127.0.0.1:8000"),
    ],
)
def test_flags_win_over_the_environment_and_that_over_defaults(
    argv: list[str], environ: dict[str, str], name: str, expected: str
) -> None:
    assert str(getattr(_read(*argv, **environ), name)) == expected


def test_every_option_flag_reaches_the_farm_as_it_reads_it() -> None:
    chosen = _read(*EVERY_OPTION.split(), "--initial_prompt", "Dr. Müller")
    read = options.read(chosen.options)
    assert (read.model, read.task, read.language, read.beam_size) == ("high", "translate", "de", 5)
    assert (read.diarize, read.align, read.sample_rate) == (True, True, 8000)
    assert (read.initial_prompt, read.encoding) == ("Dr. Müller", "alaw")
    assert len(chosen.options) == 15


def test_flags_that_were_not_given_are_left_to_the_farm() -> None:
    assert _read("--word_timestamps", "False", "--beam_size", "None").options == {}


def test_the_environment_can_describe_the_recordings() -> None:
    chosen = _read(
        WHISPERFARM_SAMPLE_RATE="8000",
        WHISPERFARM_ENCODING="mulaw",
        WHISPERFARM_CHANNELS="speakers",
        WHISPERFARM_DIARIZE="false",
        WHISPERFARM_SPEAKER_LABELS="True",
    )
    assert chosen.options == {
        "sample_rate": "8000",
        "encoding": "mulaw",
        "channels": "speakers",
        "diarize": "False",
    }
    assert chosen.layout["speaker_labels"] is True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20m", 1200.0),
        ("1h30m", 5400.0),
        ("0", None),
        ("0s", None),
        ("900", 600.0),
        ("soon", 600.0),
    ],
)
def test_the_callers_own_limit_is_read_as_the_caller_reads_it(
    text: str, expected: float | None
) -> None:
    assert _read(WHISPER_TIMEOUT=text).kill_after_s == expected


def test_the_layout_takes_zero_as_whisper_does() -> None:
    chosen = _read("--max_line_width", "0", "--max_line_count", "2", "--highlight_words", "True")
    assert formats.Layout(**chosen.layout) == formats.Layout(max_line_count=2, highlight_words=True)


def test_the_key_of_a_file_named_by_flag_wins(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("from-file\n")
    assert _read("--api-key-file", str(path), WHISPERFARM_API_KEY="from-env").key == "from-file"
    assert _read("--api_key_file", str(path)).key == "from-file"


def test_the_key_of_the_environment_wins_over_a_file_named_there(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("from-file")
    named = {"WHISPERFARM_API_KEY_FILE": str(path)}
    assert _read(**named).key == "from-file"
    assert _read(**named, WHISPERFARM_API_KEY="from-env").key == "from-env"


@pytest.mark.parametrize("content", [b"", b"two words", b"a\nb", "schlüssel".encode(), b"\xff"])
def test_a_key_that_no_header_can_carry_is_refused_and_not_shown(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    with pytest.raises(SettingsWrong) as caught:
        _read("--api-key-file", str(path))
    assert str(path) in caught.value.detail
    assert "two" not in caught.value.detail


def test_a_missing_key_file_is_named() -> None:
    with pytest.raises(SettingsWrong, match=r"/absent/key .*No such file"):
        _read("--api-key-file", "/absent/key")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WHISPERFARM_URL", "farm"),
        ("WHISPERFARM_TIMEOUT", "soon"),
        ("WHISPERFARM_CONNECT_TIMEOUT", "-1"),
        ("WHISPERFARM_SAMPLE_RATE", "8k"),
        ("WHISPERFARM_DIARIZE", "maybe"),
        ("WHISPERFARM_SPEAKER_LABELS", "2"),
        ("WHISPERFARM_API_KEY", "two words"),
    ],
)
def test_a_wrong_variable_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsWrong, match=f"^{name}"):
        _read(**{name: value})


def test_the_version_is_that_of_the_distribution() -> None:
    assert PROJECT["version"] == VERSION


@pytest.mark.parametrize(
    ("argv", "environ", "expected"),
    [
        ([], {}, {}),
        ([], {"WHISPERFARM_CACHE": "True", "WHISPERFARM_DEADLINE": "0"}, {}),
        (["--no_cache", "--deadline", "10m"], {}, {"cache": "false", "deadline_s": "600"}),
        (["--no_cache"], {"WHISPERFARM_CACHE": "True"}, {"cache": "false"}),
        (["--deadline", "90"], {"WHISPERFARM_DEADLINE": "1h"}, {"deadline_s": "90"}),
        (
            [],
            {"WHISPERFARM_CACHE": "False", "WHISPERFARM_DEADLINE": "1h30m"},
            {"cache": "false", "deadline_s": "5400"},
        ),
    ],
)
def test_terms_reach_the_farm_where_they_are_not_as_usual(
    argv: list[str], environ: dict[str, str], expected: dict[str, str]
) -> None:
    chosen = _read(*argv, **environ)
    assert chosen.options == expected
    asked = job_policy.read(chosen.options)
    assert asked.cache is ("cache" not in expected)
    assert asked.deadline_s == (float(expected["deadline_s"]) if "deadline_s" in expected else None)
