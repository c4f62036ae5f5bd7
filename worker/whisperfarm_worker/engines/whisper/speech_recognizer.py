"""Speech recognition by Whisper on CTranslate2, decoded in batches as in WhisperX."""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from numpy.typing import NDArray

from whisperfarm_worker.engines.batcher import Batcher
from whisperfarm_worker.engines.device import Device
from whisperfarm_worker.engines.fair_semaphore import FairSemaphore
from whisperfarm_worker.engines.port import DecodedText, Decoding, OnProgress, OnText, ignore_text
from whisperfarm_worker.engines.whisper import model_limits
from whisperfarm_worker.pipeline.state import Samples

WINDOW_SAMPLES = 480_000
"""Length of Whisper's input: 30 s at 16 kHz."""

Features = Callable[[Samples, int], NDArray[np.float32]]
"""Returns the log-mel spectrogram of a window, padded to 30 s, for a number of mel bands. The
result has the shape (mels, 3000)."""

_NUMERALS = frozenset("0123456789%$£")


class WhisperRecognizer:
    """A Whisper model whose batches hold windows of all jobs."""

    def __init__(
        self, folder: Path, device: Device, semaphore: FairSemaphore, *, features: Features
    ) -> None:
        self._model = WhisperModel(
            str(folder),
            device=device.device_type,
            device_index=device.index,
            compute_type=device.compute_type,
            cpu_threads=device.threads,
            local_files_only=True,
        )
        self._spectrogram = features
        self._semaphore = semaphore
        self._batcher = Batcher(self._decode, semaphore=semaphore, batch_size=device.batch_size)

    @property
    def languages(self) -> frozenset[str]:
        return frozenset(self._model.supported_languages)

    def detect_language(self, samples: Samples) -> list[tuple[str, float]]:
        if not self._model.model.is_multilingual:
            return [("en", 1.0)]
        with self._semaphore:
            found = self._model.model.detect_language(self.encode([samples]))[0]
        return [(token[2:-2], float(probability)) for token, probability in found]

    def clamp(self, decoding: Decoding) -> tuple[Decoding, list[str]]:
        return model_limits.clamp_options(decoding, self.tokenizer(decoding))

    def transcribe(
        self,
        windows: Sequence[Samples],
        decoding: Decoding,
        *,
        on_progress: OnProgress,
        on_text: OnText = ignore_text,
    ) -> list[DecodedText]:
        return self._batcher.transcribe(windows, decoding, on_progress=on_progress, on_text=on_text)

    def attention(
        self,
        windows: Sequence[Samples],
        tokens: Sequence[Sequence[int]],
        tokenizer: Tokenizer,
        *,
        frames: Sequence[int],
        median_frames: int,
    ) -> list[Any]:
        """Align texts with their windows by the model's cross-attention.

        - `windows`: samples of at most 30 s each
        - `tokens`: tokens of the text of each window
        - `frames`: number of 10 ms frames in each window, without padding
        - `median_frames`: width of the median filter over the attention weights

        Returns CTranslate2's alignment result for each window.
        """
        return list(
            self._model.model.align(
                self.encode(windows),
                tokenizer.sot_sequence,
                [list(one) for one in tokens],
                list(frames),
                median_filter_width=median_frames,
            )
        )

    def encode(self, windows: Sequence[Samples]) -> Any:
        """Return the output of Whisper's encoder for these windows, as one batch."""
        return self._model.encode(np.stack([self._features(samples) for samples in windows]))

    def _decode(self, windows: Sequence[Samples], decoding: Decoding) -> list[DecodedText]:
        """Decode one batch. Only the batcher's thread calls this.

        Tokens and scores are the same as in WhisperX's `generate_segment_batched`.
        """
        tokenizer = self.tokenizer(decoding)
        found = self._model.model.generate(
            self.encode(windows),
            [self._prompt(tokenizer, decoding)] * len(windows),
            beam_size=decoding.beam_size,
            patience=decoding.patience,
            length_penalty=decoding.length_penalty,
            max_length=self._model.max_length,
            suppress_blank=True,
            suppress_tokens=[-1, *(self._numerals if decoding.suppress_numerals else ())],
            return_scores=True,
        )
        return [_text(one, tokenizer, decoding) for one in found]

    def _prompt(self, tokenizer: Tokenizer, decoding: Decoding) -> list[int]:
        before = decoding.initial_prompt
        prompt: list[int] = self._model.get_prompt(
            tokenizer,
            tokenizer.encode(f" {before.strip()}") if before is not None else [],
            without_timestamps=True,
            hotwords=decoding.hotwords,
        )
        return prompt

    def _features(self, samples: Samples) -> NDArray[np.float32]:
        window = samples[:WINDOW_SAMPLES]
        padded = np.pad(window, (0, WINDOW_SAMPLES - len(window)))
        return self._spectrogram(padded, int(self._model.model.n_mels))

    def tokenizer(self, decoding: Decoding) -> Tokenizer:
        """Return the tokenizer for the language and task of these options."""
        return Tokenizer(
            self._model.hf_tokenizer,
            self._model.model.is_multilingual,
            task=decoding.task,
            language=decoding.language,
        )

    @cached_property
    def _numerals(self) -> list[int]:
        """Tokens with digits, percent or currency signs."""
        tokenizer = self.tokenizer(Decoding(language="en"))
        return [
            token
            for token in range(tokenizer.eot)
            if not _NUMERALS.isdisjoint(tokenizer.decode([token]).removeprefix(" "))
        ]


def _text(found: Any, tokenizer: Tokenizer, decoding: Decoding) -> DecodedText:
    """Return the best hypothesis. As in Whisper, the end token counts in `avg_logprob`."""
    tokens = found.sequences_ids[0]
    logprob = found.scores[0] * len(tokens) ** decoding.length_penalty
    return DecodedText(
        tokenizer.tokenizer.decode([token for token in tokens if token < tokenizer.eot]),
        float(logprob / (len(tokens) + 1)),
    )
