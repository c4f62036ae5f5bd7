"""The engine with the demo models, compared with WhisperX on the same models."""

import socket
import threading
import wave
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.fake_engine import noise
from tests.support.recordings import SAMPLES, wav
from training.wav import read_pcm
from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import DETECTORS, PRESETS, Preset
from whisperfarm_contract.problems import MissingModel
from whisperfarm_contract.transcript import Transcript
from whisperfarm_demo import models_dir
from whisperfarm_worker.attempt.monitor import Cancelled, NullMonitor
from whisperfarm_worker.engines.port import DecodedText, Decoding, Doubt, Engine
from whisperfarm_worker.local import load_engine, transcribe_file
from whisperfarm_worker.pipeline.state import Samples
from whisperfarm_worker.settings import WorkerSettings

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    # pyannote and WhisperX warn about clusters of one and about empty loops
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

DEMO = PRESETS["demo"]
CALL, STEREO = SAMPLES / "support-call.wav", SAMPLES / "support-call-stereo.wav"
TELEPHONE = SAMPLES / "support-call-8k-mulaw.wav"


def _no_network(self: socket.socket, address: Any) -> None:
    raise AssertionError(f"a test connects to {address}")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Load the demo models once, without a network."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _no_network)
        settings = WorkerSettings(data_dir=tmp_path_factory.mktemp("data"), device="cpu")
        yield load_engine(settings, bundled_models=models_dir())


def _transcribe(engine: Engine, file: Path, **options: Any) -> Transcript:
    return transcribe_file(file, preset=DEMO, engine=engine, options=Options(**options))


@pytest.fixture(scope="module")
def call(engine: Engine) -> Transcript:
    """Return the transcript of the sample call."""
    return _transcribe(engine, CALL)


@pytest.fixture(scope="module")
def whisperx_call(engine: Engine) -> dict[str, Any]:
    """Return what WhisperX itself makes of the sample call: its segments and aligned words."""
    import whisperx

    folder = str(models_dir() / DEMO.asr)
    asr = whisperx.load_model(folder, "cpu", compute_type="int8", language="en")
    aligner, about = whisperx.load_align_model(
        "en", "cpu", model_name=str(models_dir() / DEMO.aligner)
    )
    audio = read_pcm(CALL)  # WhisperX's own code needs an ffmpeg on the PATH
    heard = asr.transcribe(audio, batch_size=8, chunk_size=DEMO.window_s)
    aligned: dict[str, Any] = whisperx.align(heard["segments"], aligner, about, audio, "cpu")
    return aligned


def test_models_are_loaded_once(engine: Engine) -> None:
    same = replace(DEMO, name="another")
    assert engine.speech_recognizer(same) is engine.speech_recognizer(DEMO)
    assert engine.aligner(same, "en") is engine.aligner(DEMO, "en")
    assert engine.diarizer(same) is engine.diarizer(DEMO)
    assert engine.voice_activity_detector(same) is engine.voice_activity_detector(DEMO)


@pytest.mark.parametrize("vad", DETECTORS)
def test_preset_chooses_the_voice_activity_model(
    engine: Engine, call: Transcript, vad: str
) -> None:
    made = transcribe_file(CALL, preset=replace(DEMO, vad=vad), engine=engine)
    assert made.provenance["vad"] == vad
    assert made.text == call.text


def test_missing_aligner_and_diarizer_are_none(engine: Engine) -> None:
    other = Preset(name="other", asr="demo/asr", languages=("de",))
    assert engine.aligner(other, "de") is None
    assert engine.aligner(other, "sn") is None
    assert engine.diarizer(other) is None


def test_missing_speech_model_raises(engine: Engine) -> None:
    with pytest.raises(MissingModel, match="no/such"):
        engine.speech_recognizer(Preset(name="other", asr="no/such"))


def test_words_match_whisperx(call: Transcript, whisperx_call: dict[str, Any]) -> None:
    assert [word.text for word in call.words()] == [
        word["word"] for word in whisperx_call["word_segments"]
    ]


def test_word_times_match_whisperx(call: Transcript, whisperx_call: dict[str, Any]) -> None:
    theirs = [(word["start"], word["end"]) for word in whisperx_call["word_segments"]]
    ours = [(word.start, word.end) for word in call.words()]
    assert np.abs(np.array(ours) - np.array(theirs)).max() <= 0.001
    scores = [word["score"] for word in whisperx_call["word_segments"]]
    assert np.allclose([word.score or 0.0 for word in call.words()], scores, atol=2e-3)


def test_diarizer_separates_two_speakers(call: Transcript) -> None:
    assert {segment.speaker for segment in call.segments} == {"SPEAKER_00", "SPEAKER_01"}
    assert call.segments[0].speaker == "SPEAKER_00"
    assert all({w.speaker for w in one.words} == {one.speaker} for one in call.segments)


def _assert_in_order(made: Transcript) -> None:
    words = list(made.words())
    assert all(0 <= word.start <= word.end <= made.duration for word in words)
    for segment in made.segments:
        assert segment.text.split() == [word.text for word in segment.words]
        starts = [word.start for word in segment.words]
        assert starts == sorted(starts)


def test_word_times_lie_within_the_audio(call: Transcript) -> None:
    _assert_in_order(call)
    assert call.coverage.audio_s == pytest.approx(call.duration)
    assert 0 < call.coverage.transcribed_s <= call.coverage.speech_s <= call.coverage.audio_s


def test_transcript_has_provenance(call: Transcript) -> None:
    provenance = call.provenance
    assert provenance["versions"]["whisperx"].startswith("3.")
    assert (provenance["asr"], provenance["device"]) == ("demo/asr", "cpu")
    assert set(provenance["stage_s"]) == {
        "fetch", "decode", "speech", "transcribe", "align", "diarize", "render",
    }  # fmt: skip


def test_concurrent_jobs_do_not_affect_each_other(engine: Engine, call: Transcript) -> None:
    files = [CALL, TELEPHONE, CALL, TELEPHONE]
    alone = {CALL: call, TELEPHONE: _transcribe(engine, TELEPHONE)}
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda file: _transcribe(engine, file), files))
    for file, made in zip(files, together, strict=True):
        assert (made.segments, made.turns) == (alone[file].segments, alone[file].turns)


class _UntilToldTo(NullMonitor):
    """A monitor that lets the attempt go on until `enough` is set."""

    def __init__(self) -> None:
        self.begun, self.enough = threading.Event(), threading.Event()

    def report_progress(self, stage: str, fraction: float) -> None:
        if stage == "speech":
            self.begun.set()
        if self.enough.is_set():
            raise Cancelled


def test_short_job_does_not_wait_behind_a_long_one(engine: Engine, tmp_path: Path) -> None:
    with wave.open(str(CALL)) as file:
        samples = np.frombuffer(file.readframes(-1), dtype="<i2").astype(np.float32) / 32768
    half_an_hour = _wav(tmp_path / "long.wav", np.tile(samples, 60))
    monitor = _UntilToldTo()
    with ThreadPoolExecutor(1) as pool:
        long = pool.submit(
            transcribe_file, half_an_hour, preset=DEMO, engine=engine, monitor=monitor
        )
        assert monitor.begun.wait(120)
        assert _transcribe(engine, CALL).text
        assert not long.done()
        monitor.enough.set()
        with pytest.raises(Cancelled):
            long.result(60)


def test_channels_can_be_speakers(engine: Engine) -> None:
    made = _transcribe(engine, STEREO, channels="speakers")
    _assert_in_order(made)
    assert {(one.channel, one.speaker) for one in made.segments} == {
        (0, "SPEAKER_00"), (1, "SPEAKER_01"),
    }  # fmt: skip
    assert [one.start for one in made.segments] == sorted(one.start for one in made.segments)


def _wav(path: Path, samples: np.ndarray) -> Path:
    path.write_bytes(wav((samples * 32767).astype("<i2").tobytes()))
    return path


@pytest.mark.parametrize("seconds", [0.001, 0.05, 1.0, 7.3])
def test_silence_gives_an_empty_transcript(engine: Engine, tmp_path: Path, seconds: float) -> None:
    file = _wav(tmp_path / "silence.wav", np.zeros(max(1, int(seconds * 16_000)), dtype=np.float32))
    made = _transcribe(engine, file)
    assert (made.text, made.segments, made.language) == ("", (), "en")
    assert made.warnings == ("no speech was found in the audio",)


def test_noise_is_transcribed_without_error(engine: Engine, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    loud = np.clip(rng.normal(0, 0.8, 80_000), -1, 1).astype(np.float32)
    for number, samples in enumerate((noise(5.0)[0], loud)):
        _assert_in_order(_transcribe(engine, _wav(tmp_path / f"{number}.wav", samples)))


@pytest.mark.parametrize(("true_hz", "header_hz"), [(8_000, 16_000), (16_000, 8_000)])
def test_wrong_sample_rate_gives_a_warning_with_the_cure(
    engine: Engine, tmp_path: Path, true_hz: int, header_hz: int
) -> None:
    samples = read_pcm(CALL)[:: 16_000 // true_hz]
    file = tmp_path / "call.wav"
    file.write_bytes(wav((samples * 32_767).astype("<i2").tobytes(), rate_hz=header_hz))
    wrong = _transcribe(engine, file)
    assert [warning for warning in wrong.warnings if "sample_rate" in warning]
    right = _transcribe(engine, file, sample_rate=true_hz)
    assert not [warning for warning in right.warnings if "sample_rate" in warning]


def _music() -> Samples:
    """Ten seconds of a chord that swells twice a second, which no model takes for silence."""
    times = np.arange(10 * 16_000) / 16_000
    swell = np.sin(4 * np.pi * times) > 0
    chord = sum(0.1 * np.sin(2 * np.pi * hz * times) * swell for hz in (262, 330, 392))
    return np.asarray(chord, dtype=np.float32)


@pytest.fixture(scope="module")
def windows() -> list[Samples]:
    """Speech, speech in noise, and music, as the voice activity detection may cut them."""
    speech = read_pcm(CALL)[: 5 * 16_000]
    loud = np.random.default_rng(1).normal(0, 0.2, len(speech)).astype(np.float32)
    return [speech, speech + loud, _music()]


def _decode(engine: Engine, windows: list[Samples], **how: float) -> list[DecodedText]:
    decoding = Decoding(language="en", logprob_threshold=-0.5, **how)  # type: ignore[arg-type]
    recognizer = engine.speech_recognizer(DEMO)
    return recognizer.transcribe(windows, decoding, on_progress=lambda _: None)


def test_only_windows_that_fail_whispers_tests_are_decoded_again(
    engine: Engine, windows: list[Samples]
) -> None:
    speech, noisy, music = _decode(engine, windows)
    once = _decode(engine, windows, temperature_increment=0.0)
    assert (speech, speech.doubt) == (once[0], None)
    assert [text.doubt for text in (noisy, music)] == [Doubt.IMPROBABLE] * 2
    assert noisy.avg_logprob >= once[1].avg_logprob
    assert music.avg_logprob >= once[2].avg_logprob


@pytest.mark.parametrize("temperature", [0.0, 0.4])
def test_doubtful_text_does_not_depend_on_other_windows(
    engine: Engine, windows: list[Samples], temperature: float
) -> None:
    together = _decode(engine, windows[1:], temperature=temperature)
    alone = [_decode(engine, [one], temperature=temperature)[0] for one in windows[1:]]
    assert [text.text for text in together] == [text.text for text in alone]


def test_diarizer_separates_real_speakers(engine: Engine) -> None:
    import pyannote.audio

    sample = Path(pyannote.audio.__file__).parent / "sample" / "sample.wav"
    made = _transcribe(engine, sample, num_speakers=2)
    _assert_in_order(made)
    assert {turn.speaker for turn in made.turns} == {"SPEAKER_00", "SPEAKER_01"}


def test_prompts_and_beams_of_any_size_are_accepted(engine: Engine) -> None:
    made = _transcribe(
        engine, TELEPHONE, initial_prompt="order " * 300, hotwords="internet " * 200,
        beam_size=1, patience=0.1, length_penalty=-1.0,
    )  # fmt: skip
    _assert_in_order(made)
    warned = " ".join(made.warnings)
    assert all(
        name in warned for name in ("initial_prompt", "hotwords", "patience", "length_penalty")
    )
