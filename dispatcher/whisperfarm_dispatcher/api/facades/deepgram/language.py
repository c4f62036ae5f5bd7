"""Translates the languages that a query names."""

from collections.abc import Iterable, Iterator, Mapping

from whisperfarm_contract import language_tags
from whisperfarm_contract.field_types import Boolean
from whisperfarm_contract.language_choice import AUTO

_MULTI = "multi"
"""Deepgram's word for a recording in which the language changes."""


def options(language: str | None, detect_language: Iterable[str]) -> Mapping[str, str]:
    """Return the options for the spoken language.

    Languages are tags such as `en-US`, and may be several, separated by commas: then the language
    is detected among them. `detect_language` has `true`, `false`, or such tags.
    """
    named = [*_split(language or ""), *(one for one in detect_language if not _is_boolean(one))]
    codes = list(dict.fromkeys(map(language_tags.normalize, named)))
    if codes == [_MULTI]:
        return {"language": AUTO}
    if len(codes) > 1:
        return {"languages": ",".join(codes)}
    return {"language": codes[0]} if codes else {}


def is_detected(detect_language: Iterable[str]) -> bool:
    """Whether the caller asks for the language to be detected."""
    return any(not _is_boolean(one) or Boolean().read(one) for one in detect_language)


def _split(languages: str) -> Iterator[str]:
    return (tag.strip() for tag in languages.split(",") if tag.strip())


def _is_boolean(text: str) -> bool:
    try:
        Boolean().read(text)
    except ValueError:
        return False
    return True
