"""Sampling from logits, with a made-up language model of five tokens."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest

from whisperfarm_worker.engines.whisper.sampling import (
    Logits,
    Sampled,
    random_numbers,
    sample,
)

END = 4
SAMPLES = np.arange(100, dtype=np.float32)


def _logits(prefix: Sequence[int]) -> Logits:
    """Logits that depend on the last token; the end becomes likelier with each token."""
    last = prefix[-1] if prefix else 0
    return np.array([1.0, 0.5, last % 2, 0.2 * last, len(prefix) - 2.1], dtype=np.float32)


def _greedy(prefix: Sequence[int], count: int) -> list[Logits]:
    tokens = list(prefix)
    steps = [_logits(tokens[:length]) for length in range(len(tokens))]
    for _ in range(count):
        steps.append(_logits(tokens))
        token = int(np.argmax(steps[-1]))
        if token == END:
            break
        tokens.append(token)
    return steps


def _sample(random: np.random.Generator, temperature: float = 1.0, **how: int) -> Sampled:
    banned = how.get("banned")
    return sample(
        _greedy,
        temperature=temperature,
        random=random,
        suppressed=lambda _: [] if banned is None else [banned],
        end=END,
        max_tokens=how.get("max_tokens", 20),
    )


def _log_probability(tokens: Sequence[int]) -> float:
    total = 0.0
    for position, token in enumerate([*tokens, END]):
        logits = _logits(tokens[:position])
        total += float(logits[token] - np.log(np.exp(logits).sum()))
    return total


def test_sample_draws_texts_as_often_as_they_are_probable() -> None:
    random = np.random.default_rng(3)
    drawn = Counter(_sample(random).tokens for _ in range(4000))
    for tokens, count in drawn.most_common(8):
        assert count / 4000 == pytest.approx(np.exp(_log_probability(tokens)), abs=0.02)


def test_sample_returns_the_log_probability_of_its_tokens() -> None:
    sampled = _sample(np.random.default_rng(5))
    assert sampled.logprob == pytest.approx(_log_probability(sampled.tokens), abs=1e-4)


def test_sample_is_greedy_at_a_temperature_near_zero() -> None:
    sampled = _sample(np.random.default_rng(1), temperature=1e-6)
    greedy = [int(np.argmax(step)) for step in _greedy([], 20)]
    assert [*sampled.tokens, END] == greedy


def test_sample_never_draws_a_suppressed_token() -> None:
    random = np.random.default_rng(2)
    drawn = {token for _ in range(300) for token in _sample(random, banned=0).tokens}
    assert drawn == {1, 2, 3}


def test_sample_stops_at_the_maximum_length() -> None:
    random = np.random.default_rng(7)
    assert max(len(_sample(random, max_tokens=3).tokens) for _ in range(50)) == 3


def test_random_numbers_depend_on_samples_and_temperature() -> None:
    first = random_numbers(SAMPLES, 0.2).random()
    assert first == random_numbers(SAMPLES.copy(), 0.2).random()
    assert first != random_numbers(SAMPLES, 0.4).random()
    assert first != random_numbers(SAMPLES + 1, 0.2).random()
