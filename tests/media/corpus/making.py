"""Makers of files: ffmpeg, and edits of the bytes that it writes."""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from tests.media.corpus.case import Case, Make
from tests.media.corpus.speech import RATE_HZ, Sound, Spoken, sound_of
from tests.support.recordings import ffmpeg_path, wav

PICTURE = ("-f", "lavfi", "-i", "testsrc=s=64x64:d={seconds}")
"""Input of ffmpeg: a picture that lasts as long as the sound."""

Edit = Callable[[bytes], bytes]


def wav_of(*channels: Sound) -> bytes:
    """Return a WAV file with these channels, filled up with silence to the same length."""
    frames = np.zeros((max(map(len, channels)), len(channels)), dtype="<i2")
    for number, samples in enumerate(channels):
        frames[: len(samples), number] = samples
    return wav(frames.tobytes(), channels=len(channels), rate_hz=RATE_HZ)


def encoded(*arguments: object, before: tuple[object, ...] = ()) -> Make:
    """Return a maker that encodes the sentences of the case.

    `arguments` are those of ffmpeg, and `before` those before its input.
    """
    return lambda case, path: run_ffmpeg(path, (sound_of(case.spoken),), *arguments, before=before)


def filmed(*arguments: object, before: tuple[object, ...] = ()) -> Make:
    """Return a maker that adds a picture. `before` are options of the input with the sound."""

    def make(case: Case, path: Path) -> None:
        sound = sound_of(case.spoken)
        seconds = round(len(sound) / RATE_HZ + 6)
        picture = [part.format(seconds=seconds) for part in PICTURE]
        maps = ("-map", 1, "-map", 0, "-r", 5)
        run_ffmpeg(path, (sound,), *picture, *maps, *arguments, before=before)

    return make


def multitrack(*tracks: Sound, arguments: tuple[object, ...] = ("-c:a", "aac")) -> Make:
    """Return a maker of a file with these sounds as its audio tracks."""
    maps = tuple(chain.from_iterable(("-map", number) for number in range(len(tracks))))
    return lambda case, path: run_ffmpeg(path, tracks, *maps, *arguments)


def channels(*sounds: Sound) -> Make:
    """Return a maker of a WAV file with these channels."""
    return lambda case, path: _write(path, wav_of(*sounds))


def content(data: bytes | str) -> Make:
    """Return a maker of a file with this content."""
    given = data.encode() if isinstance(data, str) else data
    return lambda case, path: _write(path, given)


def of(spoken: tuple[Spoken, ...], make: Make) -> Make:
    """Return a maker of these sentences; the transcript has fewer, or at other times."""
    return lambda case, path: make(replace(case, spoken=spoken), path)


def edited(make: Make, *edits: Edit) -> Make:
    """Return a maker that changes what another one writes."""

    def changed(case: Case, path: Path) -> None:
        make(case, path)
        data = path.read_bytes()
        for edit in edits:
            data = edit(data)
        path.write_bytes(data)

    return changed


def plain(case: Case, path: Path) -> None:
    """Write a WAV file of the sentences."""
    _write(path, wav_of(sound_of(case.spoken)))


def run_ffmpeg(
    path: Path, sounds: tuple[Sound, ...], *arguments: object, before: tuple[object, ...] = ()
) -> None:
    """Encode sounds, each an input. Skips the test if no ffmpeg has the encoder."""
    inputs: list[object] = []
    for number, sound in enumerate(sounds):
        source = path.with_name(f"source-{number}.wav")
        source.write_bytes(wav_of(sound))
        inputs += [*before, "-i", source]
    command = list(map(str, ["-v", "error", "-y", *inputs, *arguments, f"file:{path}"]))
    for ffmpeg in _programs():
        ended = subprocess.run(
            [ffmpeg, *command], capture_output=True, text=True, timeout=60, check=False
        )
        if ended.returncode == 0:
            return
        assert "Unknown encoder" in ended.stderr, ended.stderr
    pytest.skip("no ffmpeg here has the encoder")


@cache
def _programs() -> tuple[str, ...]:
    """Return the bundled ffmpeg, which starts faster, and that on the PATH with other encoders."""
    found = shutil.which("ffmpeg")
    return (ffmpeg_path(), found) if found else (ffmpeg_path(),)


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)
