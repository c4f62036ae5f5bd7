"""One real job, run as SIPREC runs it, and its output read as SIPREC reads it."""

import json
import subprocess
import time
import uuid
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from whisperfarm.doctor.finding import Finding, fail, ok, warn
from whisperfarm.siprec.checks import BREAKER_S
from whisperfarm.siprec.sample import write_sample
from whisperfarm.siprec.settings import SiprecSettings

_JSON_FORMATS = ("json", "verbose_json")
_MAX_OUTPUT_BYTES = 64 << 20
_SHOWN_CHARACTERS = 60


def trial(settings: SiprecSettings) -> Finding:
    """Transcribe some seconds of speech. The command has the time that SIPREC gives it."""
    with TemporaryDirectory(prefix="whisperfarm-siprec-") as name:
        folder = Path(name)
        audio = folder / f"whisper-audio-{uuid.uuid4().hex}.wav"
        write_sample(
            audio,
            true_rate_hz=settings.true_rate_hz,
            header_rate_hz=settings.header_rate_hz,
            channels=settings.channels,
        )
        return _run(settings, audio, folder)


def arguments(settings: SiprecSettings, audio: Path, folder: Path) -> list[str]:
    """Return the command line in SIPREC's order."""
    line = [settings.command, str(audio), "--model", settings.model, "--output_dir", str(folder)]
    line += ["--output_format", settings.output_format]
    line += ["--task", settings.task] if settings.task else []
    line += ["--language", settings.language] if settings.language else []
    return [*line, *settings.extra_arguments]


def _run(settings: SiprecSettings, audio: Path, folder: Path) -> Finding:
    started = time.monotonic()
    try:
        ended = subprocess.run(
            arguments(settings, audio, folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=settings.timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        text = f"the command was killed after {settings.timeout_s:g} s (WHISPER_TIMEOUT)"
        return fail("job", text, hint="see `whisperfarm jobs list`; choose a faster model")
    except OSError as error:
        return fail("job", f"the command cannot be run ({error.strerror})", hint="see above")
    if ended.returncode:
        printed = ended.stdout.decode(errors="replace").strip()[-1000:]
        return fail("job", f"exit code {ended.returncode}: {printed}", hint="")
    output = folder / f"{audio.stem}.{settings.output_format.lower()}"
    return _assess(settings, output, after_s=time.monotonic() - started)


def _assess(settings: SiprecSettings, output: Path, *, after_s: float) -> Finding:
    try:
        text = _text(output, is_json=settings.output_format.lower() in _JSON_FORMATS)
    except (OSError, ValueError) as error:
        hint = "set WHISPER_OUTPUT_FORMAT=json, and WHISPER_BINARY_PATH to whisper-remote"
        return fail("job", f"SIPREC could not read the output: {error}", hint=hint)
    if not text.strip():
        hint = "check the rate, the model and WHISPER_LANGUAGE"
        return fail("job", "the text is empty, which is a failure for SIPREC", hint=hint)
    shown = f"transcribed in {after_s:.1f} s: {' '.join(text.split())[:_SHOWN_CHARACTERS]}"
    if after_s > BREAKER_S:
        hint = "choose a faster model, or transcribe the finished recordings"
        return warn("job", f"{shown}; SIPREC ends requests after {BREAKER_S:g} s", hint=hint)
    return ok("job", shown)


def _text(output: Path, *, is_json: bool) -> str:
    """Return the text of the output. Raises `ValueError` if a member that SIPREC reads is missing.

    SIPREC's `pkg/stt/whisper.go` reads text, language, duration and segments.
    """
    with output.open("rb") as file:
        content = file.read(_MAX_OUTPUT_BYTES).decode()
    if not is_json:
        return content
    document = json.loads(content)
    types: dict[str, Any] = {"text": str, "language": str, "duration": int | float}
    for name, expected in {**types, "segments": list}.items():
        if not isinstance(document, dict) or not isinstance(document.get(name), expected):
            raise ValueError(f"the member {name!r} is missing or of another type")
    return str(document["text"])
