"""The decode stage: all kinds of files from callers, also hostile ones."""

import shutil
import subprocess
import wave
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.support.fake_engine import FakeEngine
from tests.support.recordings import ffmpeg_path, wav
from tests.support.small_files import small_files
from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import (
    AudioEmpty,
    AudioTooLong,
    AudioUnreadable,
    InvalidOption,
    NoAudioTrack,
    Problem,
    ScratchFull,
)
from whisperfarm_worker.attempt.monitor import AttemptMonitor, Cancelled, NullMonitor
from whisperfarm_worker.pipeline.audio import pcm_header
from whisperfarm_worker.pipeline.audio.ffmpeg import _bundled
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.stages.decode import decode
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, PipelineState, Waveform

FFMPEGS = {
    "all by the one on the PATH": shutil.which("ffmpeg"),
    "what numpy cannot read by the bundled one": _bundled(),
}


@pytest.fixture(params=FFMPEGS)
def ffmpeg(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return each ffmpeg that an operator may have; they differ by four major versions.

    With one of them, nothing is decoded in process.
    """
    found = FFMPEGS[request.param]
    if found is None:
        pytest.skip("this ffmpeg is not installed")
    if request.param.startswith("all"):
        monkeypatch.setattr(pcm_header, "find", lambda _source: None)
    return found


@pytest.fixture
def context(ffmpeg: str, tmp_path: Path) -> StageContext:
    """Return a stage context with a limit of 20 seconds."""
    folder = tmp_path / "attempt"
    folder.mkdir()
    return StageContext(
        engine=FakeEngine(),
        fetch=lambda _key, to: to,
        ffmpeg=ffmpeg,
        folder=folder,
        max_audio_s=20.0,
    )


Decode = Callable[..., PipelineState]


@pytest.fixture
def decoded(context: StageContext) -> Decode:
    """Return a function that decodes a file; keywords are options."""

    def run(
        file: Path, *, monitor: AttemptMonitor | None = None, **options: object
    ) -> PipelineState:
        given = Options(**options)  # type: ignore[arg-type]
        work = PipelineState(preset=Preset(name="p", asr="a"), options=given, file=file)
        return decode(work, context, monitor or NullMonitor())

    return run


Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Return a function that makes a file with ffmpeg: a 440 Hz tone of one second."""

    def write(name: str, *options: str, source: str = "sine=440:d=1") -> Path:
        path = tmp_path / name
        tone = ("-f", "lavfi", "-i", source)
        command = [ffmpeg_path(), "-v", "error", *tone, *options, str(path)]
        subprocess.run(command, check=True, timeout=60)
        return path

    return write


def _pitch_hz(waveform: Waveform, channel: int = 0) -> float:
    """Return the loudest frequency in Hz."""
    samples = waveform.samples[channel]
    spectrum = np.abs(np.fft.rfft(samples))
    return float(np.argmax(spectrum) * SAMPLE_RATE_HZ / len(samples))


KINDS = {
    "call.wav": ("-ar", "16000"),
    "mulaw.wav": ("-ar", "8000", "-c:a", "pcm_mulaw"),
    "alaw.wav": ("-ar", "8000", "-c:a", "pcm_alaw"),
    "deep.wav": ("-ar", "48000", "-c:a", "pcm_s24le"),
    "float.wav": ("-ar", "44100", "-c:a", "pcm_f32le"),
    "call.flac": ("-ar", "16000"),
    "call.mp3": ("-ar", "16000"),
    "call.ogg": ("-ar", "48000", "-c:a", "libopus"),
    "call.m4a": ("-ar", "16000"),
    "call.webm": ("-ar", "48000", "-c:a", "libopus"),
    "call.au": (
        "-ar",
        "8000",
    ),
    "call.aiff": ("-ar", "16000"),
}


@pytest.mark.parametrize("name", KINDS)
def test_decode_reads_every_common_format(make: Make, decoded: Decode, name: str) -> None:
    work = decoded(make(name, "-ac", "1", *KINDS[name]))
    assert work.waveform.seconds == pytest.approx(1.0, abs=0.1)
    assert _pitch_hz(work.waveform) == pytest.approx(440, abs=5)
    assert work.warnings == ()


def test_decode_ignores_the_filename(make: Make, decoded: Decode, tmp_path: Path) -> None:
    file = make("call.flac").rename(tmp_path / "call.wav")
    assert _pitch_hz(decoded(file).waveform) == pytest.approx(440, abs=5)


def test_decode_matches_whisperx(make: Make, decoded: Decode) -> None:
    path = make("call.wav", "-ar", "16000", "-ac", "1")
    with wave.open(str(path)) as file:
        plain = np.frombuffer(file.readframes(-1), dtype="<i2").astype(np.float32) / 32768
    assert np.array_equal(decoded(path).waveform.samples[0], plain)


@pytest.mark.parametrize(
    ("encoding", "codec"), [("s16le", "s16le"), ("mulaw", "mulaw"), ("alaw", "alaw")]
)
def test_decode_reads_headerless_audio_as_declared(
    make: Make, decoded: Decode, encoding: str, codec: str
) -> None:
    file = make("raw", "-ar", "8000", "-ac", "1", "-f", codec)
    work = decoded(file, encoding=encoding, sample_rate=8000)
    assert work.waveform.seconds == pytest.approx(1.0, abs=0.01)
    assert _pitch_hz(work.waveform) == pytest.approx(440, abs=5)


def test_decode_reads_headerless_audio_of_telephony(
    make: Make, decoded: Decode, tmp_path: Path
) -> None:
    sox = shutil.which("sox")
    if sox is None:
        pytest.skip("sox writes these files, and is not installed")
    source = make("source.wav", "-ar", "8000", "-ac", "1")
    for name in ("call.gsm", "call.vox"):
        subprocess.run([sox, source, tmp_path / name], check=True)
    calls = {
        "g722": (make("call.g722", "-ar", "16000", "-ac", "1", "-f", "g722"), None),
        "gsm": (tmp_path / "call.gsm", None),
        "vox": (tmp_path / "call.vox", 8000),
    }
    for encoding, (file, rate_hz) in calls.items():
        work = decoded(file, encoding=encoding, sample_rate=rate_hz)
        assert work.waveform.seconds == pytest.approx(1.0, abs=0.03), encoding
        assert _pitch_hz(work.waveform) == pytest.approx(440, abs=5), encoding


@pytest.mark.parametrize("name", ["call.wav", "call.flac", "call.ogg", "call.aac", "call.mp3"])
def test_decode_skips_tags(make: Make, decoded: Decode, name: str) -> None:
    tagged = make(name, "-ar", "16000", "-ac", "1", *KINDS.get(name, ()))
    tag = b"ID3\x03\0\0\0\0\0\x0a" + bytes(10)
    tagged.write_bytes(tag * 2 + tagged.read_bytes())
    work = decoded(tagged)
    assert work.waveform.seconds == pytest.approx(1.0, abs=0.1)
    assert _pitch_hz(work.waveform) == pytest.approx(440, abs=5)


def test_declared_sample_rate_overrides_the_header(
    make: Make, decoded: Decode, tmp_path: Path
) -> None:
    with wave.open(str(make("call.wav", "-ar", "8000", "-ac", "1"))) as file:
        samples = file.readframes(-1)
    wrong = tmp_path / "wrong.wav"
    wrong.write_bytes(wav(samples))
    assert decoded(wrong).waveform.seconds == pytest.approx(0.5, abs=0.01)
    work = decoded(wrong, sample_rate=8000)
    assert work.waveform.seconds == pytest.approx(1.0, abs=0.01)
    assert _pitch_hz(work.waveform) == pytest.approx(440, abs=5)
    assert work.warnings == ()


STEREO = "sine=440:d=1[a];sine=880:d=1[b];[a][b]join=inputs=2"


def test_decode_keeps_channels_for_speakers(make: Make, decoded: Decode) -> None:
    work = decoded(make("call.wav", source=STEREO), channels="speakers")
    assert work.waveform.channels == 2
    assert _pitch_hz(work.waveform, 0) == pytest.approx(440, abs=5)
    assert _pitch_hz(work.waveform, 1) == pytest.approx(880, abs=5)


def test_decode_downmixes_to_the_mean(make: Make, decoded: Decode) -> None:
    file = make("call.wav", "-ar", "16000", source=STEREO)
    mixed = np.array(decoded(file).waveform.samples)  # the next one goes into the same file
    apart = np.array(decoded(file, channels="speakers").waveform.samples)
    assert mixed.shape[0] == 1
    assert np.allclose(mixed[0], apart.mean(axis=0), atol=1e-6)


def test_many_channels_are_mixed_but_rejected_as_speakers(decoded: Decode, tmp_path: Path) -> None:
    path = _write(tmp_path / "call.wav", wav(seconds=0.1, channels=20))
    with pytest.raises(InvalidOption, match="20 channels"):
        decoded(path, channels="speakers")
    assert decoded(path).waveform.seconds == pytest.approx(0.1)


def test_truncated_file_is_decoded_with_a_warning(make: Make, decoded: Decode) -> None:
    file = make("call.wav", "-ar", "16000", "-ac", "1")
    file.write_bytes(file.read_bytes()[:16_000])
    work = decoded(file)
    assert work.waveform.seconds == pytest.approx(0.5, abs=0.01)
    assert work.warnings[0] == (
        "the file is truncated: it has 0.5 s of audio, and 1.0 s according to its header"
    )


def test_streamed_wav_header_gives_no_warning(make: Make, decoded: Decode, tmp_path: Path) -> None:
    streamed = tmp_path / "streamed.wav"
    with streamed.open("wb") as file:
        subprocess.run(
            [ffmpeg_path(), "-v", "error", "-i", make("call.flac"), "-f", "wav", "pipe:1"],
            stdout=file, check=True, timeout=60,
        )  # fmt: skip
    work = decoded(streamed)
    assert work.waveform.seconds == pytest.approx(1.0, abs=0.01)
    assert work.warnings == ()


def _write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"

HOSTILE: dict[str, tuple[bytes, type[Problem]]] = {
    "empty": (b"", AudioEmpty),
    "text": (b"this is not audio\n" * 100, AudioUnreadable),
    "HLS playlist": (PLAYLIST, AudioUnreadable),
    "concat script": (b"ffconcat version 1.0\nfile /etc/passwd\n", AudioUnreadable),
    "DASH manifest": (b'<?xml version="1.0"?><MPD></MPD>', AudioUnreadable),
    "WAV that is only begun": (b"RIFF\x24\x00\x00\x00WAVEfmt ", AudioUnreadable),
    "noise behind a magic": (b"OggS" + bytes(range(256)) * 40, AudioUnreadable),
    "MP4 of nothing": (b"\x00\x00\x00\x18ftypisom" + bytes(1000), AudioUnreadable),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_decode_rejects_files_that_are_not_audio(
    decoded: Decode, tmp_path: Path, kind: str
) -> None:
    content, problem = HOSTILE[kind]
    with pytest.raises(problem) as caught:
        decoded(_write(tmp_path / "call.wav", content))
    assert str(tmp_path) not in caught.value.detail


def test_decode_rejects_a_video_without_audio(make: Make, decoded: Decode) -> None:
    file = make("call.mp4", source="testsrc=d=1:s=64x64:r=5")
    with pytest.raises(NoAudioTrack):
        decoded(file)


def test_decode_reads_the_audio_of_a_video(make: Make, decoded: Decode) -> None:
    file = make("call.mp4", source="testsrc=d=1:s=64x64:r=5[out0];sine=440:d=1[out1]")
    assert _pitch_hz(decoded(file).waveform) == pytest.approx(440, abs=5)


def test_decode_rejects_empty_audio(decoded: Decode, tmp_path: Path) -> None:
    path = _write(tmp_path / "call.wav", wav(seconds=0))
    with pytest.raises(AudioEmpty):
        decoded(path)


def test_playlist_as_headerless_audio_is_not_followed(decoded: Decode, tmp_path: Path) -> None:
    file = _write(tmp_path / "call", PLAYLIST * 400)
    assert decoded(file, encoding="mulaw", sample_rate=8000).waveform.seconds == pytest.approx(
        len(PLAYLIST) * 400 / 8000, abs=0.01
    )


def test_small_file_of_long_duration_is_too_long(make: Make, decoded: Decode) -> None:
    file = make("call.flac", "-ar", "8000", source="anullsrc=r=8000:d=3600")
    assert file.stat().st_size < 1_000_000
    with pytest.raises(AudioTooLong):
        decoded(file)


SMALL_SILENT_FILES = {
    "call.flac": ("-ac", "8"),
    "call.ogg": ("-ac", "8", "-c:a", "libopus", "-mapping_family", "1"),
    "call.mp3": ("-ac", "2"),
    "call.m4a": ("-ac", "8", "-c:a", "alac"),
    "call.mov": ("-ac", "8", "-c:a", "pcm_s16le"),
    "call.wav": ("-ac", "8", "-c:a", "pcm_s24le"),
}


@pytest.mark.parametrize("name", SMALL_SILENT_FILES)
def test_silence_in_many_channels_takes_no_scratch(
    make: Make, decoded: Decode, context: StageContext, name: str
) -> None:
    source = "anullsrc=r=48000:cl=mono:d=15"
    work = decoded(
        make(name, *SMALL_SILENT_FILES[name], source=source), channels="speakers", track=None
    )
    assert work.waveform.audible == []
    assert work.waveform.seconds == pytest.approx(15, abs=0.1)
    assert list(context.folder.iterdir()) == []
    assert f"all {work.waveform.channels} channels are silent" in work.warnings[0]


def test_silent_channels_are_named(make: Make, decoded: Decode, context: StageContext) -> None:
    file = make("call.flac", "-af", "pan=quad|c0=0*c0|c1=c0|c2=0*c0|c3=0*c0")
    work = decoded(file, channels="speakers")
    assert work.waveform.audible == [1]
    assert _pitch_hz(work.waveform, 1) == pytest.approx(440, abs=5)
    assert len(list(context.folder.iterdir())) == 1
    assert "channels 0, 2, 3 are silent from start to end" in work.warnings[0]


@pytest.mark.parametrize("name", SMALL_SILENT_FILES)
def test_channels_too_long_together_are_rejected(
    make: Make, context: StageContext, name: str
) -> None:
    file = make(name, *SMALL_SILENT_FILES[name], source="anullsrc=r=48000:cl=mono:d=15")
    given = Options(channels="speakers")
    work = PipelineState(preset=Preset(name="p", asr="a"), options=given, file=file)
    with pytest.raises(AudioTooLong, match="channels of the audio together"):
        decode(work, replace(context, max_channel_s=20.0), NullMonitor())
    mixed = replace(work, options=Options())
    assert decode(mixed, replace(context, max_channel_s=20.0), NullMonitor()).waveform.channels == 1


def test_many_silent_tracks_share_the_limit(make: Make, context: StageContext) -> None:
    file = make("call.mka", *("-map", "0") * 12, source="anullsrc=r=16000:cl=mono:d=2")
    work = PipelineState(preset=Preset(name="p", asr="a"), options=Options(), file=file)
    with pytest.raises(AudioTooLong, match=r"audio tracks together .* name one with track"):
        decode(work, replace(context, max_channel_s=20.0), NullMonitor())
    assert decode(
        replace(work, options=Options(track="11")),
        replace(context, max_channel_s=20.0),
        NullMonitor(),
    ).waveform.seconds == pytest.approx(2, abs=0.1)


def test_file_that_states_too_much_for_the_disk_is_not_decoded(
    make: Make, context: StageContext
) -> None:
    file = make("call.flac", "-ac", "8", source="sine=440:d=15")
    work = PipelineState(
        preset=Preset(name="p", asr="a"), options=Options(channels="speakers"), file=file
    )
    disk = shutil.disk_usage(context.folder).total
    with pytest.raises(ScratchFull, match="decoded audio needs 7 MiB"):
        decode(work, replace(context, scratch_reserve_bytes=disk), NullMonitor())
    assert list(context.folder.iterdir()) == []


def test_disk_that_fills_while_decoding_is_scratch_full(make: Make, decoded: Decode) -> None:
    file = make("call.flac", source="sine=440:d=19")
    with small_files(), pytest.raises(ScratchFull, match="no space left"):
        decoded(file)


def test_decode_reports_the_duration(make: Make, decoded: Decode) -> None:
    class Measured(NullMonitor):
        seconds = 0.0

        def report_duration(self, audio_s: float) -> None:
            self.seconds = audio_s

    monitor = Measured()
    decoded(make("call.wav"), monitor=monitor)
    assert monitor.seconds == pytest.approx(1.0)


def test_monitor_stops_decoding(make: Make, decoded: Decode) -> None:
    class Stopped(NullMonitor):
        def report_progress(self, stage: str, fraction: float) -> None:
            raise Cancelled

    with pytest.raises(Cancelled):
        decoded(make("call.wav"), monitor=Stopped())


def test_hanging_decoder_is_killed(
    make: Make,
    decoded: Decode,
    context: StageContext,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hanging = tmp_path / "ffmpeg"
    hanging.write_text("#!/bin/sh\nexec sleep 60\n")
    hanging.chmod(0o755)
    monkeypatch.setattr("whisperfarm_worker.pipeline.audio.ffmpeg_decoder._OUTPUT_TIMEOUT_S", 0.3)
    work = PipelineState(preset=Preset(name="p", asr="a"), options=Options(), file=make("call.mp3"))
    with pytest.raises(AudioUnreadable, match="no output"):
        decode(work, replace(context, ffmpeg=str(hanging)), NullMonitor())
