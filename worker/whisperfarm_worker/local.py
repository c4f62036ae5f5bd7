"""Transcribes a file without a farm: all stages in this process, for benchmarks and tests."""

from pathlib import Path
from tempfile import TemporaryDirectory

from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.transcript import Transcript
from whisperfarm_worker.attempt.monitor import AttemptMonitor, NullMonitor
from whisperfarm_worker.engines.factory import open_engine
from whisperfarm_worker.engines.port import Engine
from whisperfarm_worker.pipeline import run
from whisperfarm_worker.pipeline.audio.ffmpeg import find_ffmpeg
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.state import PipelineState
from whisperfarm_worker.settings import WorkerSettings


def load_engine(settings: WorkerSettings, *, bundled_models: Path | None = None) -> Engine:
    """Open the engine and load the models of the served presets, as a worker does.

    Raises what `open_engine` raises, and `EngineFailed` if a model cannot be loaded.
    """
    engine = open_engine(settings, bundled_models=bundled_models)
    engine.load(settings.served_presets().values())
    return engine


def transcribe_file(
    file: Path,
    *,
    preset: Preset,
    engine: Engine,
    options: Options | None = None,
    monitor: AttemptMonitor | None = None,
    ffmpeg: str | None = None,
    max_audio_s: float = 12 * 3600.0,
) -> Transcript:
    """Return the transcript of a file. Raises what `pipeline.run.run` raises."""
    with TemporaryDirectory(prefix="whisperfarm-") as folder:
        context = StageContext(
            engine=engine,
            fetch=lambda _key, _to: file,
            ffmpeg=find_ffmpeg(ffmpeg),
            folder=Path(folder),
            max_audio_s=max_audio_s,
        )
        state = PipelineState(preset=preset, options=options or Options())
        transcript, _, _ = run.run(state, context, monitor or NullMonitor())
        return transcript
