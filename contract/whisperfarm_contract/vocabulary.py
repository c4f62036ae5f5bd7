"""Vocabularies: lists of words that a tenant keeps on the farm, to add them to jobs' hotwords."""

from collections.abc import Sequence

from whisperfarm_contract.field_types import Identifier, PrintableLine
from whisperfarm_contract.problems import InvalidOption

VOCABULARY_NAME = Identifier(64)

MAX_HOTWORDS_CHARS = 2000
"""Maximum length of the hotwords of a job, and of all words of a vocabulary with their commas."""


def read_words(text: str) -> tuple[str, ...]:
    """Return the words and phrases of a text, one per line, without blank and repeated lines.

    Raises `InvalidOption` with the number of the line.
    """
    words: dict[str, None] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if word := line.strip():
            words[_read_word(word, number)] = None
    if not words:
        raise InvalidOption("the vocabulary is empty; send one word or phrase per line")
    _check_length(", ".join(words), "the vocabulary")
    return tuple(words)


def join_hotwords(own: str | None, words: Sequence[str]) -> str:
    """Return a job's own hotwords, followed by those of its vocabulary.

    The own ones come first: the speech model keeps the first that fit. Raises `InvalidOption` if
    they are too long together.
    """
    joined = ", ".join([*([own] if own else []), *words])
    _check_length(joined, "vocabulary: hotwords and the vocabulary together")
    return joined


def _read_word(word: str, number: int) -> str:
    try:
        return PrintableLine(MAX_HOTWORDS_CHARS).read(word)
    except ValueError as error:
        raise InvalidOption(f"line {number} of the vocabulary: {error}") from None


def _check_length(joined: str, subject: str) -> None:
    if len(joined) > MAX_HOTWORDS_CHARS:
        raise InvalidOption(
            f"{subject} has {len(joined)} characters; shorten it to {MAX_HOTWORDS_CHARS}"
        )
