"""The whole command in this process: files, output and exit codes."""

import io
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.unit.client.conftest import job
from whisperfarm_client import retry
from whisperfarm_client.command import main
from whisperfarm_contract.problems import (
    PROBLEMS,
    AudioUnreadable,
    FarmUnavailable,
    InvalidApiKey,
    JobCancelled,
    JobNotPolled,
    Problem,
)
from whisperfarm_contract.transcript import Coverage, Transcript

SILENCE = Transcript(language="en", model="demo", coverage=Coverage(audio_s=2.0)).to_wire()


class Ended(NamedTuple):
    """The result of a run: exit code, output and files."""

    code: int
    out: str
    err: list[str]


Command = Callable[..., Ended]


@pytest.fixture
def command(farm: Any, out: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Return a function that runs the command against the double; files go to `out`."""

    def run(*argv: str | Path, **environ: str) -> Ended:
        environment = {"WHISPERFARM_URL": farm.url, "WHISPERFARM_CONNECT_TIMEOUT": "0", **environ}
        code = main([*map(str, argv), "--output_dir", str(out)], environment)
        written = capsys.readouterr()
        return Ended(code, written.out, written.err.splitlines())

    return run


def test_command_writes_json_for_a_recording_server(
    farm: Any, command: Command, wav: Path, out: Path
) -> None:
    flags = "--model demo --output_format json --task transcribe --language en"
    assert command(wav, *flags.split(), "--device", "cuda", "--fp16", "True") == Ended(0, "", [])
    document = json.loads((out / "call.json").read_text(encoding="utf-8"))
    assert document["text"] == "Good morning."
    assert document["language"] == "en"
    assert document["duration"] == 3700.0
    assert document["segments"][0]["speaker"] == "SPEAKER_00"
    assert farm.requests("submit")[0].query == {
        "model": "demo",
        "task": "transcribe",
        "language": "en",
        "lane": "live",
        "cancel_unless_polled_s": "120",
        "filename": "call.wav",
    }


@pytest.mark.parametrize("name", ["txt", "vtt", "srt", "tsv", "json", "verbose_json", "JSON"])
def test_command_writes_the_file_of_each_format(
    command: Command, wav: Path, out: Path, name: str
) -> None:
    assert command(wav, "--output_format", name).code == 0
    assert [path.name for path in out.iterdir()] == [f"call.{name.lower()}"]


def test_command_writes_all_files_by_default(command: Command, wav: Path, out: Path) -> None:
    assert command(wav).code == 0
    names = sorted(path.name for path in out.iterdir())
    assert names == ["call.json", "call.srt", "call.tsv", "call.txt", "call.vtt"]


def test_command_writes_an_empty_text_for_silence(
    farm: Any, command: Command, wav: Path, out: Path
) -> None:
    farm.transcript = SILENCE
    assert command(wav, "-f", "txt") == Ended(0, "", [])
    assert (out / "call.txt").read_text() == ""


def test_command_writes_the_placeholder_for_silence(
    farm: Any, command: Command, wav: Path, out: Path
) -> None:
    farm.transcript = SILENCE
    assert command(wav, "-f", "json", WHISPERFARM_SILENCE_TEXT="(silence)").code == 0
    assert json.loads((out / "call.json").read_text())["text"] == "(silence)"


def test_command_prints_segments_only_on_request(command: Command, wav: Path) -> None:
    assert command(wav, "--verbose", "True").out == "[00:00.500 --> 00:01.250]  Good morning.\n"
    assert command(wav, "--verbose", "False").out == ""


@pytest.mark.parametrize("output_format", ["txt", "json", "all"])
def test_warnings_are_printed_one_per_line(
    farm: Any, command: Command, wav: Path, output_format: str
) -> None:
    farm.transcript["warnings"] = ["the recording is\ncut short", "\x1b]0;x\x07"]
    expected = [
        f"whisper-remote: warning: {wav}: the recording is cut short",
        f"whisper-remote: warning: {wav}: \\x1b]0;x\\x07",
    ]
    assert command(wav, "-f", output_format) == Ended(0, "", expected)


def test_verbose_false_prints_no_warnings(farm: Any, command: Command, wav: Path) -> None:
    farm.transcript["warnings"] = ["the recording is cut short"]
    assert command(wav, "-f", "txt", "--verbose", "False") == Ended(0, "", [])


UNPRINTABLE = "\x1b[2J\x07\u202e\x9b"
ESCAPED = r"\x1b[2J\x07\u202e\x9b"


def test_lines_escape_the_name_of_a_recording(command: Command, wav: Path) -> None:
    absent = wav.with_name(f"{UNPRINTABLE}.wav")
    assert command(absent).err == [
        f"whisper-remote: missing-audio: {wav.parent}/{ESCAPED}.wav:"
        " cannot be read: No such file or directory"
    ]


def test_lines_escape_texts_of_a_server(farm: Any, command: Command, wav: Path) -> None:
    problem = {"name": f"x{UNPRINTABLE}", "detail": f"y{UNPRINTABLE}\x00", "exit_code": 9}
    farm.on("submit", lambda handler: (handler.read_all(), handler.answer(422, problem)))
    expected = f"whisper-remote: x{ESCAPED}: {wav}: y{ESCAPED}\\x00"
    assert command(wav) == Ended(9, "", [expected])


def test_lines_escape_headers_of_a_server(farm: Any, command: Command, wav: Path) -> None:
    def redirect(handler: Any) -> None:
        handler.read_all()
        handler.answer_bytes(302, b"", {"Location": "http://a\x1b[2J\x9b"})

    farm.on("submit", redirect)
    (line,) = command(wav).err
    assert line.isprintable()
    assert r"http://a\x1b[2J\x9b" in line


def test_printed_segments_escape_control_characters(farm: Any, command: Command, wav: Path) -> None:
    farm.transcript["segments"][0]["text"] = f"Good {UNPRINTABLE} morning."
    printed = command(wav, "--verbose", "True", "-f", "json").out
    assert printed == f"[00:00.500 --> 00:01.250]  Good {ESCAPED} morning.\n"


def test_failed_job_gives_its_exit_code_and_one_line(
    farm: Any, command: Command, wav: Path, out: Path
) -> None:
    problem = AudioUnreadable("no audio or video stream\nwas found").to_wire()
    farm.on("wait", _ends("failed", problem))
    detail = "no audio or video stream was found (job j1)"
    expected = f"whisper-remote: audio-unreadable: {wav}: {detail}"
    assert command(wav) == Ended(65, "", [expected])
    assert list(out.iterdir()) == []
    assert not farm.cancelled.is_set()


def test_job_that_was_not_polled_is_submitted_again(farm: Any, command: Command, wav: Path) -> None:
    farm.on("wait", _ends("cancelled", JobNotPolled().to_wire()))
    assert command(wav) == Ended(0, "", [])
    first, second = farm.requests("submit")
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]


@pytest.mark.parametrize(
    ("problem", "name"), [(JobCancelled().to_wire(), "job-cancelled"), (None, "job-not-successful")]
)
def test_cancelled_job_is_a_failure(
    farm: Any, command: Command, wav: Path, problem: Any, name: str
) -> None:
    farm.on("wait", _ends("cancelled", problem))
    ended = command(wav)
    assert ended.code == PROBLEMS[name].exit_code
    assert _names(ended) == [name]


def _ends(state: str, problem: Any) -> Callable[[Any], None]:
    return lambda handler: handler.answer(200, job(state, problem=problem))


def test_invalid_key_is_reported_without_showing_it(farm: Any, command: Command, wav: Path) -> None:
    def refuse(handler: Any) -> None:
        assert handler.headers["Authorization"] == "Bearer s3cret"
        handler.read_all()
        handler.answer(401, InvalidApiKey("no such key").to_wire())

    farm.on("submit", refuse)
    ended = command(wav, WHISPERFARM_API_KEY="s3cret")
    assert ended == Ended(77, "", [f"whisper-remote: invalid-api-key: {wav}: no such key"])


def test_unreachable_url_is_reported(farm: Any, command: Command, wav: Path) -> None:
    farm.close()
    ended = command(wav)
    assert ended.code == 69
    assert _names(ended) == ["farm-unavailable"]
    assert f"no server responds at {farm.url}" in ended.err[0]


def test_outage_during_a_job_is_reported_once_and_survived(
    farm: Any, command: Command, wav: Path, sleeper: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "Environment", sleeper.environment)
    broken = Problem("its log says why").to_wire()
    farm.on("wait", *[lambda handler: handler.answer(500, broken)] * 7)
    notified = f"whisper-remote: waiting: {wav}: its log says why (job j1)"
    assert command(wav) == Ended(0, "", [notified])
    assert not farm.cancelled.is_set()


def test_outage_is_survived_with_a_closed_stderr(
    farm: Any, command: Command, wav: Path, sleeper: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "Environment", sleeper.environment)
    monkeypatch.setattr(sys, "stderr", Deaf())
    farm.on("wait", *[lambda handler: handler.reset()] * 7)
    assert command(wav).code == 0
    assert not farm.cancelled.is_set()


class Deaf(io.StringIO):
    """A pipe whose reader has ended."""

    def write(self, text: str, /) -> int:
        raise BrokenPipeError


def test_job_past_the_timeout_is_cancelled(
    farm: Any, command: Command, wav: Path, out: Path
) -> None:
    farm.on("wait", *[farm.never_end] * 20)
    ended = command(wav, "--timeout", "2s")
    assert ended.code == 75
    assert _names(ended) == ["deadline-exceeded"]
    assert "deadline exceeded: " in ended.err[0]
    assert farm.cancelled.is_set()
    assert list(out.iterdir()) == []


def test_job_is_cancelled_before_the_callers_deadline(
    farm: Any, command: Command, wav: Path
) -> None:
    assert command(wav, WHISPER_TIMEOUT="10s").code == 0
    (seen,) = farm.requests("wait")
    assert float(seen.query["wait"]) < 0.9 * 9.0  # all but a tenth, twice


def test_exit_code_is_that_of_the_first_failure(command: Command, wav: Path, out: Path) -> None:
    absent, empty = wav.with_name("absent.wav"), wav.with_name("empty.wav")
    empty.touch()
    ended = command(absent, empty, wav, "-f", "txt")
    assert ended.code == 66
    assert _names(ended) == ["missing-audio", "audio-empty"]
    assert f"{absent}: cannot be read: No such file or directory" in ended.err[0]
    assert [path.name for path in out.iterdir()] == ["call.txt"]


def test_each_file_has_its_own_idempotency_key(farm: Any, command: Command, wav: Path) -> None:
    assert command(wav, _copy(wav, "second.wav")).code == 0
    keys = {seen.headers["idempotency-key"] for seen in farm.requests("submit")}
    assert len(keys) == 2


def test_unreachable_farm_is_waited_for_once_per_run(
    farm: Any, command: Command, wav: Path
) -> None:
    farm.close()
    started = time.monotonic()
    copies = [_copy(wav, f"{number}.wav") for number in range(10)]
    ended = command(*copies, WHISPERFARM_CONNECT_TIMEOUT="0.5")
    assert time.monotonic() - started < 10 * 0.5
    assert ended.code == 69
    assert _names(ended) == ["farm-unavailable"] * 2
    assert ended.err[1] == "whisper-remote: farm-unavailable: 9 more recordings were not sent"


def test_failing_farm_ends_the_run(farm: Any, command: Command, wav: Path) -> None:
    broken = Problem("its log says why").to_wire()

    def fail(handler: Any) -> None:
        farm.note("submit", handler)
        handler.answer(500, broken)

    farm.on("submit", *[fail] * 3)
    ended = command(wav, _copy(wav, "second.wav"))
    assert (ended.code, len(farm.requests("submit"))) == (70, 1)
    assert ended.err[1] == "whisper-remote: internal-error: 1 more recording was not sent"


def test_unreachable_farm_ends_the_run_at_the_timeout(
    farm: Any, command: Command, wav: Path
) -> None:
    farm.close()
    recordings = [wav, *(_copy(wav, f"{number}.wav") for number in range(3))]
    ended = command(*recordings, "--timeout", "0.3", WHISPERFARM_CONNECT_TIMEOUT="60")
    assert ended.code == 75
    assert ended.err[1:] == ["whisper-remote: deadline-exceeded: 3 more recordings were not sent"]


def test_failed_job_does_not_end_the_run(farm: Any, command: Command, wav: Path, out: Path) -> None:
    farm.on("wait", _ends("failed", FarmUnavailable("the blob store").to_wire()))
    ended = command(wav, _copy(wav, "second.wav"), "-f", "txt")
    assert (ended.code, _names(ended)) == (69, ["farm-unavailable"])
    assert [path.name for path in out.iterdir()] == ["second.txt"]


def test_rejected_recording_does_not_end_the_run(
    farm: Any, command: Command, wav: Path, out: Path
) -> None:
    problem = AudioUnreadable().to_wire()
    farm.on("submit", lambda handler: (handler.read_all(), handler.answer(415, problem)))
    assert command(wav, _copy(wav, "second.wav"), "-f", "txt").code == 65
    assert [path.name for path in out.iterdir()] == ["second.txt"]


@pytest.mark.parametrize(
    "names",
    [
        ("a/call.wav", "b/call.wav"),
        ("call.wav", "call.wav"),
        ("call.mp3", "call.m4a"),
        ("call.wav", "Call.WAV"),
        ("gr\u00fc\u00df.wav", "GRU\u0308SS.wav"),
        ("a/call.wav", "link/call.wav"),
    ],
)
def test_colliding_outputs_are_rejected_before_sending(
    farm: Any, command: Command, wav: Path, out: Path, names: tuple[str, str]
) -> None:
    first, second = names
    (wav.parent / "a").mkdir()
    (wav.parent / "link").symlink_to("a")
    ended = command(_copy(wav, first), wav.parent / "third.wav", _copy(wav, second), "-f", "srt")
    assert ended.code == 64
    (line,) = ended.err
    assert f"{wav.parent / first} and {wav.parent / second}" in line
    assert str(out / Path(second).with_suffix(".srt").name) in line
    assert farm.seen == []
    assert not out.exists()


@pytest.mark.parametrize("output_format", ["json", "all"])
def test_output_never_replaces_a_recording(
    farm: Any, command: Command, wav: Path, out: Path, output_format: str
) -> None:
    out.mkdir()
    recording = wav.rename(out / "call.json")
    content = recording.read_bytes()
    ended = command(recording, "-f", output_format)
    assert ended.code == 64
    assert f"would replace the recording {recording}" in ended.err[0]
    assert recording.read_bytes() == content
    assert farm.seen == []


@pytest.mark.parametrize("length", [246, 251])
def test_longest_output_name_is_written(
    command: Command, wav: Path, out: Path, length: int
) -> None:
    assert command(_copy(wav, f"{'x' * length}.wav"), "-f", "txt") == Ended(0, "", [])
    assert [path.name for path in out.iterdir()] == [f"{'x' * length}.txt"]


def test_too_long_output_name_is_rejected_before_sending(
    farm: Any, command: Command, wav: Path, out: Path
) -> None:
    ended = command(_copy(wav, f"{'x' * 251}.wav"), wav, "-f", "verbose_json")
    assert ended.code == 73
    assert _names(ended) == ["output-not-writable"]
    assert "File name too long" in ended.err[0]
    assert [path.name for path in out.iterdir()] == ["call.verbose_json"]
    assert len(farm.requests("submit")) == 1


def test_folder_in_place_of_an_output_is_rejected_before_sending(
    farm: Any, command: Command, wav: Path, out: Path
) -> None:
    (out / "call.srt").mkdir(parents=True)
    ended = command(wav)
    assert (ended.code, _names(ended)) == (73, ["output-not-writable"])
    assert farm.seen == []


def test_invalid_output_folder_ends_the_run_before_sending(
    farm: Any, command: Command, wav: Path, out: Path
) -> None:
    out.touch()
    ended = command(wav)
    assert ended.code == 73
    assert _names(ended) == ["output-not-writable"]
    assert farm.seen == []


@pytest.mark.parametrize(
    ("argv", "environ", "name"),
    [
        (["--task", "sing"], {}, "invalid-option"),
        (["-f", "docx"], {}, "unknown-format"),
        ([], {"WHISPERFARM_URL": "ftp://farm"}, "invalid-settings"),
        ([], {"WHISPERFARM_TIMEOUT": "soon"}, "invalid-settings"),
    ],
)
def test_startup_errors_are_one_line(
    command: Command, wav: Path, argv: list[str], environ: dict[str, str], name: str
) -> None:
    ended = command(wav, *argv, **environ)
    assert ended.code == PROBLEMS[name].exit_code
    assert _names(ended) == [name]


def test_unexpected_error_names_its_place_in_the_code(
    command: Command, wav: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(os, "fsync", fail)
    ended = command(wav, "-f", "json")
    assert ended.code == 70
    assert _names(ended) == ["internal-error"]
    assert ".py:" in ended.err[0]


def _copy(wav: Path, name: str) -> Path:
    path = wav.parent / name
    path.parent.mkdir(exist_ok=True)
    if path.resolve() != wav:
        path.write_bytes(wav.read_bytes())
    return path


def _names(ended: Ended) -> list[str]:
    """Return the problem's name in each line."""
    return [line.split(": ")[1] for line in ended.err]
