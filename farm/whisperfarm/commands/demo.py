"""`whisperfarm demo`: starts a farm, transcribes one recording, prints it, and stops the farm."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from whisperfarm.output import print_line
from whisperfarm.readiness import wait_until_ready
from whisperfarm_contract.problems import ServerError
from whisperfarm_contract.transcript import Transcript, from_wire
from whisperfarm_demo import samples_dir
from whisperfarm_models.engine_spec import resolve


@click.command()
@click.argument(
    "audio", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def demo(audio: Path | None) -> None:
    """Transcribe a recording on a temporary farm.

    Without AUDIO, transcribes a sample call of two speakers. The farm runs in a temporary folder on
    a free port with the demo models, and is stopped afterwards. The demo models know about a
    hundred words, so other recordings are transcribed wrongly.
    """
    audio = audio or samples_dir() / "support-call.wav"
    with (
        tempfile.TemporaryDirectory(prefix="whisperfarm-demo-") as folder,
        _farm(Path(folder)) as url,
    ):
        print_line(f"transcribing {audio.name} with whisper-remote")
        _print(_transcribe(audio, url, Path(folder)))


@contextmanager
def _farm(folder: Path) -> Iterator[str]:
    """Run a farm in `folder` and yield its URL."""
    url = f"http://127.0.0.1:{(port := _free_port())}"
    print_line(f"starting a farm at {url}; loading the models takes a few seconds")
    with subprocess.Popen(_up(folder, port), env=_environment()) as farm:
        try:
            if not wait_until_ready(
                url, print_line=_ignore_line, should_continue=lambda: farm.poll() is None
            ):
                raise ServerError("the farm did not start; see its messages above")
            yield url
        finally:
            farm.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _preset() -> str:
    """Return the demo preset with speakers if the installed engine can diarize."""
    return "demo" if resolve("auto").diarizes else "demo-words"


def _up(folder: Path, port: int) -> list[str]:
    flags = ["--data-dir", str(folder / "data"), "--host", "127.0.0.1", "--port", str(port)]
    return [sys.executable, "-m", "whisperfarm", "up", "--presets", _preset(), *flags]


def _environment() -> dict[str, str]:
    """Return the environment without the settings of other farms, and with fewer logs."""
    foreign_prefixes = ("WHISPERFARM_", "API_KEYS")
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(foreign_prefixes)
    }
    return {**kept, "WHISPERFARM_LOG_LEVEL": "warning"}


def _ignore_line(line: str) -> None:
    """Print nothing: the farm prints the same lines."""


def _transcribe(audio: Path, url: str, folder: Path) -> Transcript:
    """Transcribe the recording with `whisper-remote`, the drop-in for the `whisper` command."""
    command = [sys.executable, "-m", "whisperfarm_client", str(audio), "--model", _preset()]
    command += ["--output_dir", str(folder), "--output_format", "json", "--verbose", "False"]
    environment = {**_environment(), "WHISPERFARM_URL": url}
    completed = subprocess.run(command, env=environment, check=False)
    if completed.returncode != 0:
        raise ServerError(
            f"whisper-remote ended with exit code {completed.returncode}; see its message above"
        )
    return from_wire(json.loads((folder / f"{audio.stem}.json").read_text(encoding="utf-8")))


def _print(transcript: Transcript) -> None:
    print_line()
    for segment in transcript.segments:
        span = f"[{segment.start:6.2f} --> {segment.end:6.2f}]"
        print_line(f"{span}  {segment.speaker or 'speaker unknown'}: {segment.text.strip()}")
    words = sum(1 for _ in transcript.words())
    coverage = transcript.coverage
    print_line()
    print_line(
        f"{coverage.audio_s:.1f} s of audio, {coverage.speech_s:.1f} s of speech, {words} words, "
        f"{len({turn.speaker for turn in transcript.turns})} speakers"
    )
    for warning in transcript.warnings:
        print_line(f"warning: {warning}")
