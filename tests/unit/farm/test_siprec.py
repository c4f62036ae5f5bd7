"""`whisperfarm siprec check`: its findings without a farm."""

import json
import wave
from pathlib import Path

import pytest

from whisperfarm.doctor.finding import Severity
from whisperfarm.siprec import checks
from whisperfarm.siprec.sample import write_sample
from whisperfarm.siprec.settings import read
from whisperfarm.siprec.trial import arguments, trial
from whisperfarm_contract.problems import InvalidSettings

OUTPUT = {"text": "hello", "language": "en", "duration": 1.5, "segments": []}


def script(folder: Path, body: str) -> str:
    """Write an executable that SIPREC could be set to by mistake."""
    path = folder / "whisper"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def writing(output: object) -> str:
    """Return a script that writes its output file into the folder of `--output_dir`, `$5`."""
    return f"""cat > "$5/$(basename "$1" .wav).json" <<'END'\n{json.dumps(output)}\nEND"""


@pytest.mark.parametrize(
    ("body", "severity", "text"),
    [
        ("echo whisper-remote 9.9", Severity.OK, "whisper-remote 9.9"),
        ("echo whisper 1.0", Severity.WARN, "is not whisper-remote"),
        ("echo broken >&2; exit 3", Severity.FAIL, "exit code 3: broken"),
    ],
)
def test_command_is_found_and_asked_for_its_version(
    tmp_path: Path, body: str, severity: Severity, text: str
) -> None:
    finding = checks.command(read({"WHISPER_BINARY_PATH": script(tmp_path, body)}))
    assert finding.severity is severity
    assert text in finding.text


def test_command_that_does_not_exist_is_bad(tmp_path: Path) -> None:
    finding = checks.command(read({"WHISPER_BINARY_PATH": str(tmp_path / "missing")}))
    assert (finding.severity, "WHISPER_BINARY_PATH" in finding.hint) == (Severity.FAIL, True)


@pytest.mark.parametrize(
    ("timeout", "deadline", "unpolled", "severity"),
    [
        ("40s", "40s", "0", Severity.OK),
        ("40s", "30", "", Severity.OK),
        ("40s", "1m", "", Severity.WARN),
        ("40s", "", "", Severity.OK),
        ("40s", "", "0s", Severity.WARN),
        ("40", "40s", "", Severity.FAIL),
        ("40s", "soon", "", Severity.FAIL),
        ("40s", "", "soon", Severity.FAIL),
    ],
)
def test_job_of_a_killed_command_has_an_end(
    timeout: str, deadline: str, unpolled: str, severity: Severity
) -> None:
    environ = {
        "WHISPER_TIMEOUT": timeout,
        "WHISPERFARM_DEADLINE": deadline,
        "WHISPERFARM_CANCEL_UNLESS_POLLED": unpolled,
    }
    assert checks.timeout(read(environ), environ).severity is severity


@pytest.mark.parametrize(
    ("environ", "severity"),
    [
        ({}, Severity.WARN),
        ({"WHISPER_SAMPLE_RATE": "8000"}, Severity.OK),
        ({"WHISPERFARM_SAMPLE_RATE": "8000"}, Severity.OK),
    ],
)
def test_rate_of_16000_is_a_note(environ: dict[str, str], severity: Severity) -> None:
    assert checks.rate(read(environ)).severity is severity


def test_recordings_must_be_readable(tmp_path: Path) -> None:
    def severity(folder: str) -> Severity:
        return checks.recordings(read({"RECORDING_DIR": folder})).severity

    found = [severity(folder) for folder in ("", str(tmp_path), str(tmp_path / "missing"))]
    assert found == [Severity.WARN, Severity.OK, Severity.FAIL]


def test_invalid_rate_is_refused_by_name() -> None:
    with pytest.raises(InvalidSettings, match="WHISPER_SAMPLE_RATE: '8k' is not valid"):
        read({"WHISPER_SAMPLE_RATE": "8k"})


def test_sample_has_the_true_rate_behind_the_header(tmp_path: Path) -> None:
    path = tmp_path / "sample.wav"
    write_sample(path, true_rate_hz=8000, header_rate_hz=16_000, channels=2)
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels()) == (16_000, 2)
        assert file.getnframes() == pytest.approx(8 * 8000, abs=2)


def test_command_line_is_that_of_siprec() -> None:
    environ = {
        "WHISPER_BINARY_PATH": "/opt/whisper-remote",
        "WHISPER_MODEL": "balanced",
        "WHISPER_OUTPUT_FORMAT": "VTT",
        "WHISPER_TRANSLATE": "true",
        "WHISPER_LANGUAGE": "de",
        "WHISPER_EXTRA_ARGS": "--device  cuda",
    }
    line = arguments(read(environ), Path("/work/a.wav"), Path("/work"))
    assert " ".join(line) == (
        "/opt/whisper-remote /work/a.wav --model balanced --output_dir /work --output_format VTT"
        " --task translate --language de --device cuda"
    )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("exit 0", "SIPREC could not read the output"),
        ("echo no farm >&2; exit 69", "exit code 69: no farm"),
        (writing({**OUTPUT, "text": " "}), "the text is empty"),
        (writing({**OUTPUT, "duration": "1.5"}), "'duration' is missing or of another type"),
        (writing([]), "'text' is missing"),
        ("exec sleep 60", "killed after 0.2 s"),
    ],
)
def test_trial_reports_what_siprec_would_not_accept(tmp_path: Path, body: str, text: str) -> None:
    timeout = "200ms" if "sleep" in body else "30s"
    environ = {"WHISPER_BINARY_PATH": script(tmp_path, body), "WHISPER_TIMEOUT": timeout}
    finding = trial(read(environ))
    assert finding.severity is Severity.FAIL
    assert text in finding.text


def test_trial_accepts_what_siprec_accepts(tmp_path: Path) -> None:
    finding = trial(read({"WHISPER_BINARY_PATH": script(tmp_path, writing(OUTPUT))}))
    assert (finding.severity, finding.text.endswith(": hello")) == (Severity.OK, True)
