"""Text by Whisper on CTranslate2, through WhisperX's own batched decoding."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import TranscriptionOptions
from whisperx.asr import WhisperModel, find_numeral_symbol_tokens
from whisperx.audio import N_SAMPLES, log_mel_spectrogram

from whisperfarm_worker.engines.batcher import Batcher
from whisperfarm_worker.engines.lane import Lane
from whisperfarm_worker.engines.port import Decoding, Heard, Step, Text, unheard
from whisperfarm_worker.engines.whisperx import limits
from whisperfarm_worker.engines.whisperx.device import Device
from whisperfarm_worker.work import Samples

_FIXED: dict[str, Any] = {
    "best_of": 5,
    "repetition_penalty": 1,
    "no_repeat_ngram_size": 0,
    "log_prob_threshold": -1.0,
    "no_speech_threshold": 0.6,
    "compression_ratio_threshold": 2.4,
    "condition_on_previous_text": False,
    "prompt_reset_on_temperature": 0.5,
    "temperatures": [0.0],
    "prefix": None,
    "suppress_blank": True,
    "without_timestamps": True,
    "max_initial_timestamp": 0.0,
    "word_timestamps": False,
    "prepend_punctuations": "",
    "append_punctuations": "",
    "max_new_tokens": None,
    "clip_timestamps": None,
    "hallucination_silence_threshold": None,
}
"""The options that WhisperX gives, as far as no job can say otherwise."""


class WhisperSpeechModel:
    """One Whisper model, whose batches hold windows of all jobs."""

    def __init__(self, folder: Path, device: Device, lane: Lane) -> None:
        self._model = WhisperModel(
            str(folder),
            device=device.kind,
            device_index=device.index,
            compute_type=device.compute_type,
            cpu_threads=device.threads,
            local_files_only=True,
        )
        self._features_on = device.torch_name
        self._lane = lane
        self._batcher = Batcher(self._decode, lane=lane, batch_size=device.batch_size)

    @property
    def languages(self) -> frozenset[str]:
        return frozenset(self._model.supported_languages)

    def detect(self, samples: Samples) -> list[tuple[str, float]]:
        if not self._model.model.is_multilingual:
            return [("en", 1.0)]
        with self._lane:
            heard = self._model.encode(self._features(samples))
            found = self._model.model.detect_language(heard)[0]
        return [(token[2:-2], float(probability)) for token, probability in found]

    def fit(self, decoding: Decoding) -> tuple[Decoding, list[str]]:
        return limits.fit(decoding, self._tokenizer(decoding))

    def transcribe(
        self,
        windows: Sequence[Samples],
        decoding: Decoding,
        *,
        step: Step,
        heard: Heard = unheard,
    ) -> list[Text]:
        return self._batcher.transcribe(windows, decoding, step=step, heard=heard)

    def _decode(self, windows: Sequence[Samples], decoding: Decoding) -> list[Text]:
        """One batch. Only the batcher's thread comes here."""
        features = np.stack([self._features(samples) for samples in windows])
        heard = self._model.generate_segment_batched(
            features, self._tokenizer(decoding), self._options(decoding)
        )
        return [
            Text(text, float(avg_logprob))
            for text, avg_logprob in zip(heard["text"], heard["avg_logprob"], strict=True)
        ]

    def _features(self, samples: Samples) -> np.ndarray:
        """The log-mel spectrogram of a window, padded to 30 s: shape (mels, 3000)."""
        whole = samples[:N_SAMPLES]
        spectrogram = log_mel_spectrogram(
            whole,
            n_mels=self._model.model.n_mels,
            padding=N_SAMPLES - len(whole),
            device=self._features_on,
        )
        return spectrogram.cpu().numpy()

    def _tokenizer(self, decoding: Decoding) -> Tokenizer:
        return Tokenizer(
            self._model.hf_tokenizer,
            self._model.model.is_multilingual,
            task=decoding.task,
            language=decoding.language,
        )

    def _options(self, decoding: Decoding) -> TranscriptionOptions:
        return TranscriptionOptions(
            **_FIXED,
            beam_size=decoding.beam_size,
            patience=decoding.patience,
            length_penalty=decoding.length_penalty,
            initial_prompt=decoding.initial_prompt,
            hotwords=decoding.hotwords,
            multilingual=self._model.model.is_multilingual,
            suppress_tokens=[-1, *(self._numerals if decoding.suppress_numerals else ())],
        )

    @cached_property
    def _numerals(self) -> list[int]:
        """The tokens that write numbers in digits."""
        tokens: list[int] = find_numeral_symbol_tokens(self._tokenizer(Decoding(language="en")))
        return tokens
