"""Words from the tokens of a SentencePiece vocabulary, in which a leading space starts a word."""

import math
from collections.abc import Sequence

from whisperfarm_contract.transcript import Word

_MAX_TOKEN_S = 0.4
"""How long the last token of a word lasts at most: its end is not known, only the start of the next
token, which may follow after a pause."""


def join_tokens(tokens: Sequence[str]) -> str:
    """Return the text of the tokens, with single spaces between its words."""
    return " ".join(_text(tokens, group) for group in _group(tokens))


def time_words(
    tokens: Sequence[str],
    starts: Sequence[float],
    logprobs: Sequence[float],
    *,
    offset_s: float,
    seconds: float,
) -> tuple[Word, ...]:
    """Return the words of `join_tokens` with their times in a window of `seconds` seconds.

    - `starts`: when each token starts, in seconds; `offset_s` is subtracted
    - `logprobs`: log probability of each token
    """
    times = [min(max(start - offset_s, 0.0), seconds) for start in [*starts, math.inf]]
    return tuple(_word(tokens, group, times, logprobs) for group in _group(tokens))


def _word(
    tokens: Sequence[str], group: Sequence[int], times: Sequence[float], logprobs: Sequence[float]
) -> Word:
    last = next((one for one in reversed(group) if _is_spoken(tokens[one])), group[-1])
    end = min(times[last + 1], times[last] + _MAX_TOKEN_S)
    mean = sum(logprobs[one] for one in group) / len(group)
    return Word(
        text=_text(tokens, group),
        start=round(times[group[0]], 3),
        end=round(end, 3),
        score=round(min(math.exp(mean), 1.0), 3),
    )


def _group(tokens: Sequence[str]) -> list[list[int]]:
    """Return the tokens of each word. A mark with a space before it belongs to the word before."""
    words: list[list[int]] = []
    for number, token in enumerate(tokens):
        if not words or token.startswith(" "):
            words.append([])
        words[-1].append(number)
    groups: list[list[int]] = []
    for word in words:
        if groups and not _is_spoken(_text(tokens, word)):
            groups[-1] += word
        elif _text(tokens, word):
            groups.append(word)
    return groups


def _text(tokens: Sequence[str], group: Sequence[int]) -> str:
    return "".join(tokens[number] for number in group).replace(" ", "")


def _is_spoken(text: str) -> bool:
    return any(sign.isalnum() for sign in text)
