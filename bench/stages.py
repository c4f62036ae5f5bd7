"""`make bench-stages`: CPU seconds of each stage, beside WhisperX's own functions.

The sample call is transcribed again and again in this process by the demo models, one call at a
time, so that the CPU seconds of the process are those of the stage.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import whisperx_alone
from bench.document import machine, write
from bench.servers import load
from training.wav import read_pcm
from whisperfarm.markdown import table
from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import DETECTORS, PRESETS
from whisperfarm_demo import models_dir, samples_dir
from whisperfarm_worker.attempt.monitor import AttemptMonitor, NullMonitor
from whisperfarm_worker.engines.port import Engine
from whisperfarm_worker.local import load_engine
from whisperfarm_worker.pipeline import run
from whisperfarm_worker.pipeline.audio.ffmpeg import find_ffmpeg
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.state import PipelineState
from whisperfarm_worker.settings import WorkerSettings

CALL = samples_dir() / "support-call.wav"
CALL_S = 28.859
STAGES = ("speech", "transcribe", "align", "diarize")

CpuSeconds = dict[str, float]


def main() -> None:
    """Measure, print the table, and write it into the document."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--calls", type=int, default=10)
    asked.add_argument("document", type=Path, nargs="?")
    given = asked.parse_args()
    before = load()
    with TemporaryDirectory() as folder:
        settings = WorkerSettings(data_dir=Path(folder), device="cpu")
        engine = load_engine(settings, bundled_models=models_dir())
        columns = {"WhisperX alone": _whisperx(given.calls)}
        for vad in reversed(DETECTORS):
            columns[f"the farm, {vad}"] = _farm(engine, vad, given.calls)
    seconds = given.calls * CALL_S
    report = (
        f"{machine()} Load before the run: {before}. CPU seconds for {seconds:.0f} s of calls.\n\n"
        f"{_markdown(columns)}"
    )
    print(report)
    if given.document:
        write(given.document, report)


def _farm(engine: Engine, vad: str, calls: int) -> CpuSeconds:
    """Return the CPU seconds of each stage; a first call is not counted."""
    spent: CpuSeconds = defaultdict(float)
    stages = {name: _timed(name, stage, spent) for name, stage in run.STAGES.items()}
    preset = replace(PRESETS["demo"], vad=vad)
    for number in range(calls + 1):
        if number == 1:
            spent.clear()
        with TemporaryDirectory() as folder:
            context = StageContext(
                engine=engine,
                fetch=lambda _key, _to: CALL,
                ffmpeg=find_ffmpeg(None),
                folder=Path(folder),
                max_audio_s=3600.0,
            )
            state = PipelineState(preset=preset, options=Options())
            run.run(state, context, NullMonitor(), stages=stages)
    return spent


def _timed(name: str, stage: run.Stage, spent: CpuSeconds) -> run.Stage:
    def timed(
        state: PipelineState, context: StageContext, monitor: AttemptMonitor
    ) -> PipelineState:
        with _count(name, spent):
            return stage(state, context, monitor)

    return timed


def _whisperx(calls: int) -> CpuSeconds:
    """Return the CPU seconds of WhisperX's functions; a first call is not counted."""
    import whisperx

    model, aligner, metadata, diarizer = whisperx_alone.load(models_dir() / "demo")
    audio = read_pcm(CALL)
    heard = {"waveform": model.vad_model.preprocess_audio(audio), "sample_rate": 16_000}
    spent: CpuSeconds = defaultdict(float)
    for number in range(calls + 1):
        if number == 1:
            spent.clear()
        with _count("speech", spent):
            model.vad_model(heard)
        with _count("both", spent):
            result = whisperx_alone.transcribe(model, audio)
        with _count("align", spent):
            result = whisperx.align(result["segments"], aligner, metadata, audio, "cpu")
        with _count("diarize", spent):
            whisperx.assign_word_speakers(diarizer(audio), result)
    # WhisperX detects speech and transcribes it in one call.
    spent["transcribe"] = spent.pop("both") - spent["speech"]
    return spent


@contextmanager
def _count(name: str, spent: CpuSeconds) -> Iterator[None]:
    began = time.process_time()
    yield
    spent[name] += time.process_time() - began


def _markdown(columns: Mapping[str, CpuSeconds]) -> str:
    rows: list[tuple[str, ...]] = [
        (stage, *(f"{spent[stage]:.1f}" for spent in columns.values())) for stage in STAGES
    ]
    totals = [sum(spent[stage] for stage in STAGES) for spent in columns.values()]
    rows.append(("all", *(f"{one:.1f}" for one in totals)))
    rows.append(("of WhisperX alone", *(f"{one / totals[0]:.2f}" for one in totals)))
    return table(("Stage", *columns), rows)


if __name__ == "__main__":
    main()
