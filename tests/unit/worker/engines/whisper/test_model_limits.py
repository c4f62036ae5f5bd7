"""Options that Whisper does not support."""

from dataclasses import replace

import pytest

from whisperfarm_worker.engines.port import Decoding
from whisperfarm_worker.engines.whisper.model_limits import PROMPT_TOKENS, clamp_options


class _Letters:
    """A tokenizer with one token per letter."""

    def encode(self, text: str) -> list[int]:
        return [ord(letter) for letter in text]

    def decode(self, tokens: list[int]) -> str:
        return "".join(map(chr, tokens))


PLAIN = Decoding(language="en")


def _fit(**asked: object) -> tuple[Decoding, list[str]]:
    given = replace(PLAIN, **asked)  # type: ignore[arg-type]
    return clamp_options(given, _Letters(), vocabulary_size=50)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"initial_prompt": "order four", "hotwords": "internet"},
        {"beam_size": 1, "patience": 1.0},
        {"beam_size": 10, "patience": 0.1},
        {"length_penalty": 0.0},
        {"initial_prompt": "x" * (PROMPT_TOKENS - 1)},
    ],
)
def test_clamp_keeps_supported_options(asked: dict[str, object]) -> None:
    assert _fit(**asked) == (replace(PLAIN, **asked), [])  # type: ignore[arg-type]


def test_clamp_leaves_out_tokens_that_the_model_lacks() -> None:
    decoding, (warning,) = _fit(suppress_tokens=(-1, 49, 50))
    assert decoding.suppress_tokens == (-1, 49)
    assert "suppress_tokens" in warning


def test_clamp_raises_a_negative_length_penalty_to_zero() -> None:
    decoding, (warning,) = _fit(length_penalty=-2.0)
    assert decoding.length_penalty == 0.0
    assert "length_penalty" in warning


def test_clamp_raises_patience_to_one_hypothesis() -> None:
    decoding, (warning,) = _fit(beam_size=2, patience=0.1)
    assert decoding.patience == 0.5
    assert "patience below 0.5" in warning


def test_clamp_keeps_the_end_of_a_long_prompt() -> None:
    decoding, (warning,) = _fit(initial_prompt="a" * 500 + "b" * 100)
    assert decoding.initial_prompt == "a" * (PROMPT_TOKENS - 100) + "b" * 100
    assert "initial_prompt" in warning


def test_clamp_keeps_the_first_hotwords() -> None:
    decoding, (warning,) = _fit(hotwords="a" * 60 + "b" * 500)
    assert decoding.hotwords is not None
    assert decoding.hotwords.startswith("a" * 60 + "b")
    assert len(decoding.hotwords) < PROMPT_TOKENS
    assert "hotwords" in warning


def test_prompt_and_hotwords_share_the_token_budget() -> None:
    decoding, warnings = _fit(initial_prompt="a" * 500, hotwords="b" * 500)
    assert len(decoding.initial_prompt or "") + len(decoding.hotwords or "") <= PROMPT_TOKENS
    assert min(len(decoding.initial_prompt or ""), len(decoding.hotwords or "")) > 50
    assert len(warnings) == 2
