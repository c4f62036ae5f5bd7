"""E-mail addresses, as they are written and as they are read out."""

import re
from collections.abc import Iterator

_WRITTEN = re.compile(r"\b[\w.+-]{1,64}+@[\w-]{1,63}(?:\.[\w-]{1,63})+\b")

_DOT = r"(?:\.| \. ?| dot | punkt | point | punto )"
"""A dot with a space after it alone ends a sentence: "We came at noon. It was cold."."""

_SIGNS = "underscore dash hyphen minus unterstrich bindestrich strich tiret guion guión"
_JOIN = rf"(?:{_DOT}|_| ?- ?| (?:{'|'.join(_SIGNS.split())}) )"
_AT = r"(?: ?@ ?| at | ät | arobase | arroba )"
_NAME = rf"[\w+-]{{1,64}}+(?:{_JOIN}[\w+-]{{1,64}}+){{,9}}(?: \d{{1,4}})?"
_HOST = rf"[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{,9}}"
_DOMAINS = (
    "com", "org", "net", "info", "biz", "edu", "gov",
    "ar", "au", "br", "ca", "ch", "cl", "co", "cz", "de", "dk", "es", "eu", "fi", "fr", "gr", "hu",
    "ie", "io", "it", "jp", "mx", "nl", "nz", "pl", "pt", "ro", "se", "sk", "tr", "ua", "uk",
)  # fmt: skip
_SPOKEN = re.compile(
    rf"\b{_NAME}{_AT}{_HOST}(?:{_DOT}(?:{'|'.join(_DOMAINS)})|(?:\.| punkt )at)\b(?! ?@)",
    re.IGNORECASE,
)
"""A sentence such as "look at the dot on the map" is none: the last part must be a domain. That of
Austria, "at", is one after a German dot."""


def find_emails(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of addresses."""
    for pattern in (_WRITTEN, _SPOKEN):
        yield from (found.span() for found in pattern.finditer(text))
