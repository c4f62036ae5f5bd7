"""Splits text into sentences by NLTK's Punkt, as in WhisperX."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Any

from whisperfarm_contract.transcript import Word
from whisperfarm_models.languages import PUNKT_LANGUAGES
from whisperfarm_store import events
from whisperfarm_worker.pipeline.postprocess.tokenization import char_offsets


def group(text: str, words: Sequence[Word], language: str) -> list[list[Word]]:
    """Group the words of a text by sentence. Without Punkt's data, all words are one sentence."""
    splitter = _splitter(PUNKT_LANGUAGES.get(language, "english"))
    if splitter is None:
        return [list(words)]
    ends = [end for _, end in splitter.span_tokenize(text)]
    starts = char_offsets(text, [word.text for word in words])
    sentences: defaultdict[int, list[Word]] = defaultdict(list)
    for word, start in zip(words, starts, strict=True):
        sentences[bisect_right(ends, start)].append(word)
    return [sentences[number] for number in sorted(sentences)]


@cache
def _splitter(name: str) -> Any:
    from nltk.tokenize.punkt import PunktTokenizer

    for candidate in dict.fromkeys((name, "english")):
        try:
            return PunktTokenizer(candidate)
        except LookupError:
            events.model.sentence_data_missing.log(language=candidate)
    return None
