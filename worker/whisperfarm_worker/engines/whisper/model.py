"""A Whisper model on CTranslate2: prompts, encoding and decoding of windows."""

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from numpy.typing import NDArray

from whisperfarm_worker.engines.device import Device
from whisperfarm_worker.engines.port import DecodedText, Decoding
from whisperfarm_worker.engines.whisper.features import Spectrogram, window_features
from whisperfarm_worker.engines.whisper.sampling import Logits
from whisperfarm_worker.pipeline.state import Samples

_MODEL_LIST = -1
"""Stands for the model's own list of suppressed tokens."""

_NUMERALS = frozenset("0123456789%$£")


class Whisper:
    """A Whisper model on one device. Its methods may be called from several threads."""

    def __init__(self, folder: Path, device: Device, *, spectrogram: Spectrogram) -> None:
        self._model = WhisperModel(
            str(folder),
            device=device.device_type,
            device_index=device.index,
            compute_type=device.compute_type,
            cpu_threads=device.threads,
            local_files_only=True,
        )
        self._spectrogram = spectrogram
        self._config: dict[str, Any] = json.loads((folder / "config.json").read_bytes())

    @property
    def languages(self) -> frozenset[str]:
        """Codes of the supported languages."""
        return frozenset(self._model.supported_languages)

    @property
    def vocabulary_size(self) -> int:
        """Number of tokens, special ones too."""
        return int(self._model.hf_tokenizer.get_vocab_size())

    def detect_language(self, samples: Samples) -> list[tuple[str, float]]:
        """Return language codes with their probabilities, the most likely first."""
        if not self._model.model.is_multilingual:
            return [("en", 1.0)]
        found = self._model.model.detect_language(self.encode([samples]))[0]
        return [(token[2:-2], float(probability)) for token, probability in found]

    def encode(self, windows: Sequence[Samples]) -> Any:
        """Return the output of the encoder for these windows, as one batch."""
        return self._model.encode(np.stack([self._features(samples) for samples in windows]))

    def generate(self, windows: Sequence[Samples], decoding: Decoding) -> list[DecodedText]:
        """Decode one batch by beam search.

        Tokens and scores are the same as in WhisperX's `generate_segment_batched`.
        """
        tokenizer = self.tokenizer(decoding)
        found = self._model.model.generate(
            self.encode(windows),
            [self.prompt(decoding)] * len(windows),
            beam_size=decoding.beam_size,
            patience=decoding.patience,
            length_penalty=decoding.length_penalty,
            max_length=self._model.max_length,
            suppress_blank=True,
            suppress_tokens=self._suppress_tokens(decoding),
            return_scores=True,
            return_no_speech_prob=True,
        )
        return [_best_hypothesis(one, tokenizer, decoding) for one in found]

    def greedy(
        self, encoded: Any, decoding: Decoding, prefix: Sequence[int], count: int
    ) -> tuple[list[Logits], float]:
        """Decode one window greedily after a prefix, for at most `count` further tokens.

        Returns the logits of all steps, those of the prefix first, and the no-speech probability.
        """
        prompt = [*self.prompt(decoding), *prefix]
        (found,) = self._model.model.generate(
            encoded,
            [prompt],
            beam_size=1,
            max_length=min(len(prompt) + count, self._model.max_length),
            suppress_blank=True,
            suppress_tokens=self._suppress_tokens(decoding),
            return_logits_vocab=True,
            return_no_speech_prob=True,
        )
        logits = [np.array(step, dtype=np.float32).ravel() for step in found.logits[0]]
        return logits, float(found.no_speech_prob)

    def align(
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

    def tokenizer(self, decoding: Decoding) -> Tokenizer:
        """Return the tokenizer for the language and task of these options."""
        return Tokenizer(
            self._model.hf_tokenizer,
            self._model.model.is_multilingual,
            task=decoding.task,
            language=decoding.language,
        )

    def prompt(self, decoding: Decoding) -> list[int]:
        """Return the tokens before the text."""
        tokenizer, before = self.tokenizer(decoding), decoding.initial_prompt
        prompt: list[int] = self._model.get_prompt(
            tokenizer,
            tokenizer.encode(f" {before.strip()}") if before is not None else [],
            without_timestamps=True,
            hotwords=decoding.hotwords,
        )
        return prompt

    def suppressed(self, decoding: Decoding, step: int) -> NDArray[np.int64]:
        """Return the tokens that a step may not draw: those that `generate` suppresses, and the
        special ones."""
        listed = set(self._suppress_tokens(decoding))
        if _MODEL_LIST in listed:
            listed |= set(self._config.get("suppress_ids") or ())
        if step == 0:
            listed |= set(self._config.get("suppress_ids_begin") or ())
        specials = range(self.tokenizer(decoding).eot + 1, self.vocabulary_size)
        return np.array(sorted(listed - {_MODEL_LIST, *specials}) + list(specials), dtype=np.int64)

    def _suppress_tokens(self, decoding: Decoding) -> list[int]:
        numerals = self._numerals if decoding.suppress_numerals else ()
        return [*decoding.suppress_tokens, *numerals]

    def _features(self, samples: Samples) -> NDArray[np.float32]:
        return window_features(samples, int(self._model.model.n_mels), self._spectrogram)

    @cached_property
    def _numerals(self) -> list[int]:
        """Tokens with digits, percent or currency signs."""
        tokenizer = self.tokenizer(Decoding(language="en"))
        return [
            token
            for token in range(tokenizer.eot)
            if not _NUMERALS.isdisjoint(tokenizer.decode([token]).removeprefix(" "))
        ]


def _best_hypothesis(found: Any, tokenizer: Tokenizer, decoding: Decoding) -> DecodedText:
    """Return the best hypothesis. As in Whisper, the end token counts in `avg_logprob`."""
    tokens = found.sequences_ids[0]
    logprob = found.scores[0] * len(tokens) ** decoding.length_penalty if tokens else 0.0
    return DecodedText(
        tokenizer.tokenizer.decode([token for token in tokens if token < tokenizer.eot]),
        float(logprob / (len(tokens) + 1)),
        float(found.no_speech_prob),
    )
