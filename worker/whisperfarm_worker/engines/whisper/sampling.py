"""Samples the tokens of one window at a temperature, with a result that can be repeated.

CTranslate2 samples too, but its random numbers belong to a thread and cannot be seeded for a call.
Here, a greedy decoding returns the logits of each step, and the tokens are drawn from them with the
Gumbel-max trick. Where a drawn token differs from the greedy one, the decoding starts again after
it. The result has the same distribution as sampling token by token.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from whisperfarm_worker.pipeline.state import Samples

_LOOKAHEAD = 32
"""Tokens that are decoded after the last drawn token that differed from the greedy one."""

Logits = NDArray[np.float32]

Greedy = Callable[[Sequence[int], int], list[Logits]]
"""Decodes greedily after a prefix, for at most a number of further tokens. Returns the logits of
all steps, those of the prefix first. The last step is the end of the text unless it was cut."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """Drawn tokens without the end token, and the sum of the log probabilities of all of them."""

    tokens: tuple[int, ...]
    logprob: float


def random_numbers(samples: Samples, temperature: float) -> np.random.Generator:
    """Return random numbers that depend on the samples and the temperature alone."""
    return np.random.default_rng([crc32(samples.tobytes()), round(temperature * 1000)])


def sample(
    greedy: Greedy,
    *,
    temperature: float,
    random: np.random.Generator,
    suppressed: Callable[[int], Any],
    end: int,
    max_tokens: int,
) -> Sampled:
    """Draw tokens until the end token or `max_tokens`.

    - `temperature`: above 0; 1 draws from the model's own distribution
    - `suppressed`: returns the indexes of the tokens that a step may not draw
    """
    tokens: list[int] = []
    logprob = 0.0
    while len(tokens) < max_tokens:
        steps = greedy(tokens, min(_LOOKAHEAD, max_tokens - len(tokens)))[len(tokens) :]
        if not steps:
            break
        for logits in steps:
            allowed = _without(logits, suppressed(len(tokens)))
            token = int(np.argmax(allowed / temperature + random.gumbel(size=allowed.shape)))
            logprob += float(_log_softmax(allowed)[token])
            if token == end:
                return Sampled(tuple(tokens), logprob)
            tokens.append(token)
            if token != int(np.argmax(allowed)):
                break
    return Sampled(tuple(tokens), logprob)


def _without(logits: Logits, tokens: Any) -> Logits:
    allowed = logits.copy()
    allowed[tokens] = -np.inf
    return allowed


def _log_softmax(logits: Logits) -> Logits:
    shifted = logits - logits.max()
    result: Logits = shifted - np.log(np.exp(shifted).sum())
    return result
