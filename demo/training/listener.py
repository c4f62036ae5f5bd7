"""Runs the demo models with the code of WhisperX alone."""

import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nltk
import numpy as np
import numpy.typing as npt
import pandas as pd

from whisperfarm_worker.process.environment import disable_telemetry

WINDOW_S = 8
"""Maximum length of a window."""

Audio = npt.NDArray[np.float32]


@dataclass(frozen=True)
class HeardWord:
    """A word with its times in seconds and, where asked for, its speaker."""

    text: str
    start_s: float
    end_s: float
    speaker: str | None = None


class Listener:
    """WhisperX with the models of one folder, on the CPU, offline."""

    def __init__(self, models: Path, *, compute_type: str = "int8") -> None:
        disable_telemetry()
        os.environ["HF_HUB_OFFLINE"] = "1"
        nltk.data.path.insert(0, str(models / "nltk"))
        with warnings.catch_warnings():
            # torchcodec needs a system ffmpeg, and is not needed: the audio is decoded.
            warnings.filterwarnings("ignore", message=r"\s*torchcodec is not installed")
            import whisperx
            from whisperx.diarize import DiarizationPipeline

        self._whisperx = whisperx
        self._asr = whisperx.load_model(
            str(models / "asr"), "cpu", compute_type=compute_type, language="en", threads=2
        )
        self._align = whisperx.load_align_model(
            "en", "cpu", model_name=str(models / "align-en"), model_cache_only=True
        )
        self._diarize = DiarizationPipeline(str(models / "diarize"))

    def transcribe(self, audio: Audio, *, window_s: int = WINDOW_S) -> dict[str, Any]:
        """WhisperX's result with word times; audio is mono, 16 kHz, -1 to 1."""
        result = self._asr.transcribe(audio, batch_size=8, chunk_size=window_s)
        model, metadata = self._align
        return self._whisperx.align(result["segments"], model, metadata, audio, "cpu")

    def diarize(self, audio: Audio) -> pd.DataFrame:
        """Who speaks when, the number of speakers not given."""
        return self._diarize(audio)

    def words(self, audio: Audio, *, speakers: bool = False) -> list[HeardWord]:
        """Everything at once."""
        result = self.transcribe(audio)
        if speakers:
            result = self._whisperx.assign_word_speakers(self.diarize(audio), result)
        return [
            HeardWord(word["word"], word["start"], word["end"], word.get("speaker"))
            for segment in result["segments"]
            for word in segment["words"]
        ]
