from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.project import PROJECT
from whisperfarm_client import VERSION, flags, settings
from whisperfarm_client.api_key import KeyFile
from whisperfarm_client.settings import Settings
from whisperfarm_contract import formats, job_policy, options
from whisperfarm_contract.formats import subtitle_options
from whisperfarm_contract.problems import InvalidOption, InvalidSettings

EVERY_OPTION = """
    --model high --task translate --language German --beam_size 5 --patience 1.5 --length_penalty 1
    --diarize True --num_speakers 2 --min_speakers 1 --max_speakers 3 --channels mix
    --encoding alaw --sample_rate 8000 --word_timestamps True
"""

DEFAULT_POLICY = {"lane": "live", "cancel_unless_polled_s": "120"}


def _read(*argv: str, **environ: str) -> Settings:
    return settings.read(flags.parse(["call.wav", *argv]), environ)


def without_policy(sent: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in sent.items() if name not in job_policy.FIELD_TYPES}


def test_url_defaults_to_this_machine() -> None:
    chosen = _read()
    assert str(chosen.address) == "http://127.0.0.1:8000"
    assert chosen.key is None
    assert chosen.options == DEFAULT_POLICY
    assert (chosen.timeout_s, chosen.connect_timeout_s, chosen.deadline_s) == (86_400.0, 30.0, None)
    assert formats.SubtitleOptions(**chosen.subtitle_options) == formats.DEFAULT_OPTIONS


@pytest.mark.parametrize(
    ("argv", "environ", "name", "expected"),
    [
        (["--url", "http://a"], {"WHISPERFARM_URL": "http://b"}, "address", "http://a:80"),
        ([], {"WHISPERFARM_URL": "http://b"}, "address", "http://b:80"),
        (["--timeout", "5m"], {"WHISPERFARM_TIMEOUT": "1m"}, "timeout_s", "300.0"),
        ([], {"WHISPERFARM_TIMEOUT": "1m"}, "timeout_s", "60.0"),
        (["--timeout", "0"], {}, "timeout_s", "None"),
        ([], {"WHISPERFARM_CONNECT_TIMEOUT": "0"}, "connect_timeout_s", "0.0"),
        ([], {"WHISPER_TIMEOUT": "10m"}, "deadline_s", "600.0"),
        (["--silence_text", "-"], {"WHISPERFARM_SILENCE_TEXT": "b"}, "silence_text", "-"),
        ([], {"WHISPERFARM_SILENCE_TEXT": "b"}, "silence_text", "b"),
        ([], {"WHISPERFARM_URL": "  "}, "address", "http://127.0.0.1:8000"),
    ],
)
def test_flags_override_environment_overrides_defaults(
    argv: list[str], environ: dict[str, str], name: str, expected: str
) -> None:
    assert str(getattr(_read(*argv, **environ), name)) == expected


def test_option_flags_are_readable_by_the_farm() -> None:
    chosen = _read(*EVERY_OPTION.split(), "--initial_prompt", "Dr. Müller")
    read = options.read(without_policy(chosen.options))
    assert (read.model, read.task, read.language, read.beam_size) == ("high", "translate", "de", 5)
    assert (read.diarize, read.align, read.sample_rate) == (True, True, 8000)
    assert (read.initial_prompt, read.encoding) == ("Dr. Müller", "alaw")
    assert len(without_policy(chosen.options)) == 15


def test_flags_of_languages_and_clips_are_readable_by_the_farm() -> None:
    chosen = _read(
        *["--language", "auto", "--languages", "en,de", "--clip_timestamps", "0,10.5,20"],
        *["--hallucination_silence_threshold", "2"],
    )
    read = options.read(without_policy(chosen.options))
    assert (read.language, read.languages) == ("auto", "de,en")
    assert (read.clip_timestamps, read.hallucination_silence_threshold) == ("0,10.5,20", 2.0)


def test_options_omit_flags_that_were_not_given() -> None:
    assert _read("--word_timestamps", "False", "--beam_size", "None").options == DEFAULT_POLICY


def test_environment_sets_audio_options() -> None:
    chosen = _read(
        WHISPERFARM_SAMPLE_RATE="8000",
        WHISPERFARM_ENCODING="mulaw",
        WHISPERFARM_CHANNELS="speakers",
        WHISPERFARM_LANGUAGES="en,de",
        WHISPERFARM_CHANNEL_NAMES="agent,customer",
        WHISPERFARM_CROSSTALK="keep",
        WHISPERFARM_VOCABULARY="products",
        WHISPERFARM_DIARIZE="false",
        WHISPERFARM_NAME_SPEAKERS="true",
        WHISPERFARM_KEEP_VOICES="false",
        WHISPERFARM_SPEAKER_LABELS="True",
    )
    assert without_policy(chosen.options) == {
        "sample_rate": "8000",
        "encoding": "mulaw",
        "channels": "speakers",
        "languages": "en,de",
        "channel_names": "agent,customer",
        "crosstalk": "keep",
        "vocabulary": "products",
        "diarize": "False",
        "name_speakers": "True",
        "keep_voices": "False",
    }
    assert chosen.subtitle_options["speaker_labels"] is True


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
def test_whisper_timeout_is_read_as_by_siprec(text: str, expected: float | None) -> None:
    assert _read(WHISPER_TIMEOUT=text).deadline_s == expected


def test_subtitle_options_read_zero_as_no_limit() -> None:
    chosen = _read("--max_line_width", "0", "--max_line_count", "2", "--highlight_words", "True")
    assert formats.SubtitleOptions(**chosen.subtitle_options) == formats.SubtitleOptions(
        max_line_count=2, highlight_words=True
    )


def test_subtitles_count_from_the_time_code_if_it_is_requested() -> None:
    assert _read().subtitle_options["timecode"] == "audio"
    assert _read("--timecode", "recording").subtitle_options["timecode"] == "recording"


def test_limits_on_the_times_of_subtitles_are_numbers() -> None:
    chosen = _read(
        "--max_chars_per_second", "17", "--min_cue_gap_s", "0.08", "--max_cue_duration_s", "0"
    )
    assert formats.SubtitleOptions(**chosen.subtitle_options) == formats.SubtitleOptions(
        max_chars_per_second=17.0, min_cue_gap_s=0.08
    )


@pytest.mark.parametrize(
    "name",
    ["max_chars_per_second", "min_cue_duration_s", "max_cue_duration_s", "min_cue_gap_s"],
)
def test_limits_on_the_times_of_subtitles_have_the_bounds_of_the_farm(name: str) -> None:
    bounds = subtitle_options.FIELD_TYPES[name].schema()
    for value in (bounds["minimum"], bounds["maximum"]):
        assert _read(f"--{name}", str(value)).subtitle_options[name] == (value or None)
    for value in (bounds["minimum"] - 0.01, bounds["maximum"] + 0.01, "inf", "nan"):
        with pytest.raises(InvalidOption, match=f"{name}: .* is not a number from"):
            _read(f"--{name}={value}")


def test_key_file_flag_overrides_the_environment(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("from-file\n")
    for flag in ("--api-key-file", "--api_key_file"):
        chosen = _read(flag, str(path), WHISPERFARM_API_KEY="from-env").key
        assert isinstance(chosen, KeyFile)
        assert chosen.read() == "from-file"


def test_key_variable_overrides_the_key_file_variable(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("from-file")
    named = {"WHISPERFARM_API_KEY_FILE": str(path)}
    chosen = _read(**named).key
    assert isinstance(chosen, KeyFile)
    assert chosen.read() == "from-file"
    assert _read(**named, WHISPERFARM_API_KEY="from-env").key == "from-env"


@pytest.mark.parametrize("content", [b"", b"two words", b"a\nb", "schlüssel".encode(), b"\xff"])
def test_unprintable_key_is_rejected_without_showing_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    with pytest.raises(InvalidSettings) as caught:
        _read("--api-key-file", str(path))
    assert str(path) in caught.value.detail
    assert "two" not in caught.value.detail


def test_read_names_a_missing_key_file() -> None:
    with pytest.raises(InvalidSettings, match=r"/absent/key .*No such file"):
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
def test_read_names_an_invalid_variable(name: str, value: str) -> None:
    with pytest.raises(InvalidSettings, match=f"^{name}"):
        _read(**{name: value})


def test_version_equals_that_of_the_distribution() -> None:
    assert PROJECT["version"] == VERSION


@pytest.mark.parametrize(
    ("argv", "environ", "expected"),
    [
        ([], {}, {}),
        ([], {"WHISPERFARM_CACHE": "True", "WHISPERFARM_DEADLINE": "0"}, {}),
        (["--no_cache", "--deadline", "10m"], {}, {"cache": "false", "deadline_s": "600"}),
        (["--no_cache"], {"WHISPERFARM_CACHE": "True"}, {"cache": "false"}),
        (["--no_cache", "True"], {}, {"cache": "false"}),
        (["--no_cache=true"], {}, {"cache": "false"}),
        (["--no_cache", "False"], {}, {}),
        (["--no_cache", "False"], {"WHISPERFARM_CACHE": "False"}, {}),
        (["--lane", "bulk"], {"WHISPERFARM_LANE": "standard"}, {"lane": "bulk"}),
        ([], {"WHISPERFARM_LANE": "standard"}, {"lane": "standard"}),
        (
            ["--cancel_unless_polled", "30s"],
            {"WHISPERFARM_CANCEL_UNLESS_POLLED": "1m"},
            {"cancel_unless_polled_s": "30"},
        ),
        (
            [],
            {"WHISPERFARM_CANCEL_UNLESS_POLLED": "1m"},
            {"cancel_unless_polled_s": "60"},
        ),
        (["--deadline", "90"], {"WHISPERFARM_DEADLINE": "1h"}, {"deadline_s": "90"}),
        (
            [],
            {"WHISPERFARM_CACHE": "False", "WHISPERFARM_DEADLINE": "1h30m"},
            {"cache": "false", "deadline_s": "5400"},
        ),
    ],
)
def test_options_have_the_lane_and_other_policy_that_was_given(
    argv: list[str], environ: dict[str, str], expected: dict[str, str]
) -> None:
    chosen = _read(*argv, **environ)
    assert chosen.options == {**DEFAULT_POLICY, **expected}
    asked = job_policy.read(chosen.options)
    assert asked.cache is ("cache" not in expected)
    assert asked.deadline_s == (float(expected["deadline_s"]) if "deadline_s" in expected else None)
