"""Decodes one window alone, at any temperature."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from typing import Any

from whisperfarm_worker.engines.errors import classify
from whisperfarm_worker.engines.fair_semaphore import FairSemaphore
from whisperfarm_worker.engines.port import DecodedText, Decoding
from whisperfarm_worker.engines.whisper.model import Whisper
from whisperfarm_worker.engines.whisper.sampling import Logits, random_numbers, sample
from whisperfarm_worker.pipeline.state import Samples

_MAX_TOKENS = 224
"""Maximum length of a text, as in Whisper: half of its context."""


class SingleWindow:
    """A window that is decoded alone. Each call of the model takes a slot of the semaphore.

    `on_poll` is called before each call of the model, and may raise to cancel.
    """

    def __init__(
        self,
        model: Whisper,
        samples: Samples,
        *,
        semaphore: FairSemaphore,
        on_poll: Callable[[], None],
    ) -> None:
        self._model = model
        self._samples = samples
        self._semaphore = semaphore
        self._on_poll = on_poll
        self._no_speech_prob = 0.0

    def decode(self, decoding: Decoding, temperature: float) -> DecodedText:
        """Decode the window by beam search, or by sampling if the temperature is above 0."""
        return self._sample(decoding, temperature) if temperature else self._search(decoding)

    def _search(self, decoding: Decoding) -> DecodedText:
        with self._slot():
            return self._model.generate([self._samples], decoding)[0]

    def _sample(self, decoding: Decoding, temperature: float) -> DecodedText:
        tokenizer = self._model.tokenizer(decoding)
        first, later = (self._model.suppressed(decoding, step) for step in (0, 1))
        sampled = sample(
            partial(self._greedy, decoding),
            temperature=temperature,
            random=random_numbers(self._samples, temperature),
            suppressed=lambda step: later if step else first,
            end=tokenizer.eot,
            max_tokens=_MAX_TOKENS,
        )
        # As in Whisper, the end token counts.
        avg_logprob = sampled.logprob / (len(sampled.tokens) + 1)
        text = tokenizer.tokenizer.decode(list(sampled.tokens))
        return DecodedText(text, avg_logprob, self._no_speech_prob)

    def _greedy(self, decoding: Decoding, prefix: Sequence[int], count: int) -> list[Logits]:
        with self._slot():
            logits, self._no_speech_prob = self._model.greedy(
                self._encoded, decoding, prefix, count
            )
        return logits

    @cached_property
    def _encoded(self) -> Any:
        return self._model.encode([self._samples])

    @contextmanager
    def _slot(self) -> Iterator[None]:
        self._on_poll()
        with self._semaphore:
            try:
                yield
            except Exception as error:
                raise classify(error) from error
