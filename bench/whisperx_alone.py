"""Baseline: WhisperX without a farm, with the same models, on one file after the other.

The calls are those of WhisperX's documentation: load, transcribe, align, diarize, assign.
"""

import json
import os
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from whisperfarm_worker.process.environment import disable_telemetry

BATCH_SIZE = 8
CHUNK_S = 8
_COMPUTE_TYPE = {"cpu": "int8", "cuda": "float16"}


def main(models: Path, files: list[str]) -> None:
    """Print the seconds of imports, loads and all files as JSON."""
    disable_telemetry()
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["NLTK_DATA"] = str(models / "nltk")
    began = time.perf_counter()
    for module in ("whisperx.alignment", "whisperx.asr", "whisperx.diarize"):
        import_module(module)
    imported = time.perf_counter()
    loaded = load(models)
    ready = time.perf_counter()
    for file in files:
        run(file, *loaded)
    done = time.perf_counter()
    times = {"import_s": imported - began, "load_s": ready - imported, "files_s": done - ready}
    print(json.dumps(times))


def load(models: Path, device: str = "cpu") -> tuple[Any, Any, Any, Any]:
    """Return speech model, aligner, its metadata and diarizer."""
    import whisperx
    from whisperx.diarize import DiarizationPipeline

    kind, _, index = device.partition(":")
    model = whisperx.load_model(
        str(models / "asr"),
        kind,
        device_index=int(index or 0),
        compute_type=_COMPUTE_TYPE[kind],
        language="en",
    )
    aligner, metadata = whisperx.load_align_model("en", device, model_name=str(models / "align-en"))
    diarizer = DiarizationPipeline(model_name=str(models / "diarize"), device=device)
    return model, aligner, metadata, diarizer


def transcribe(model: Any, audio: Any) -> Any:
    """Return the segments of the audio, without the times of words."""
    return model.transcribe(audio, batch_size=BATCH_SIZE, chunk_size=CHUNK_S)


def run(
    file: str, model: Any, aligner: Any, metadata: Any, diarizer: Any, *, device: str = "cpu"
) -> None:
    """Transcribe a file, align it and assign its speakers."""
    import whisperx

    audio = whisperx.load_audio(file)
    result = transcribe(model, audio)
    result = whisperx.align(result["segments"], aligner, metadata, audio, device)
    whisperx.assign_word_speakers(diarizer(audio), result)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
