"""National identification numbers, by country."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from stdnum.br import cpf
from stdnum.ch import ssn as ahv
from stdnum.de import idnr
from stdnum.es import dni
from stdnum.fr import nir
from stdnum.it import codicefiscale
from stdnum.nl import bsn
from stdnum.pl import pesel
from stdnum.us import ssn

from whisperfarm_store.redaction.digit_runs import runs

IsValid = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class _OfDigits:
    """A number of digits alone."""

    length: int
    is_valid: IsValid

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        for run in runs(text):
            if len(run.digits) == self.length and self.is_valid(run.digits):
                yield run.start, run.end


@dataclass(frozen=True, slots=True)
class _WithLetters:
    """A number with letters. The pattern allows spaces and marks between all characters."""

    pattern: re.Pattern[str]
    is_valid: IsValid

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        for found in self.pattern.finditer(text):
            if self.is_valid(re.sub("[ ,.-]", "", found.group())):
                yield found.span()


def _spaced(*characters: str) -> re.Pattern[str]:
    return re.compile(rf"\b{'[ ,.-]{0,2}'.join(characters)}\b", re.IGNORECASE)


_DIGIT, _LETTER = "[0-9]", "[A-Z]"

NATIONAL_IDS = (
    _OfDigits(9, ssn.is_valid),  # United States: social security number
    _WithLetters(_spaced("[A-CEGHJ-PR-TW-Z]", "[A-CEGHJ-NPR-TW-Z]", *[_DIGIT] * 6, "[A-D]"),
                 lambda _: True),  # United Kingdom: national insurance number, without check digit
    _OfDigits(11, idnr.is_valid),  # Germany: tax identification number
    _OfDigits(15, nir.is_valid),  # France: social security number
    _WithLetters(_spaced(*[_DIGIT] * 8, _LETTER), dni.is_valid),  # Spain
    _WithLetters(_spaced(*[_LETTER] * 6, *[_DIGIT] * 2, _LETTER, *[_DIGIT] * 2, _LETTER,
                         *[_DIGIT] * 3, _LETTER), codicefiscale.is_valid),  # Italy
    _OfDigits(9, bsn.is_valid),  # Netherlands
    _OfDigits(11, pesel.is_valid),  # Poland
    _OfDigits(13, ahv.is_valid),  # Switzerland
    _OfDigits(11, cpf.is_valid),  # Brazil
)  # fmt: skip


def find_national_ids(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of numbers that one of the countries may have issued."""
    for country in NATIONAL_IDS:
        yield from country.find(text)
