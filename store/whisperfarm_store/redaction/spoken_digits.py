"""Words for digits. A number such as "forty two" is read as its digits, 42."""

from collections.abc import Mapping
from types import MappingProxyType


def _numbered(words: str, first: int = 0, step: int = 1) -> dict[str, str]:
    return {word.casefold(): str(first + step * place) for place, word in enumerate(words.split())}


_DIGITS = {
    **_numbered("zero one two three four five six seven eight nine"),
    **_numbered("null eins zwei drei vier fünf sechs sieben acht neun"),
    **_numbered("zéro un deux trois quatre cinq six sept huit neuf"),
    **_numbered("cero uno dos tres cuatro cinco seis siete ocho nueve"),
    **_numbered("zero uno due tre quattro cinque sei sette otto nove"),
    **_numbered("nul een twee drie vier vijf zes zeven acht negen"),
    **_numbered("zero um dois três quatro cinco seis sete oito nove"),
    "oh": "0", "o": "0", "zwo": "2", "une": "1", "uma": "1", "duas": "2", "meia": "6",
}  # fmt: skip

_TEENS = {
    **_numbered(
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 10
    ),
    **_numbered(
        "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn", 10
    ),
    **_numbered("dix onze douze treize quatorze quinze seize", 10),
    **_numbered("diez once doce trece catorce quince", 10),
}

_TENS = {
    **_numbered("twenty thirty forty fifty sixty seventy eighty ninety", 2),
    **_numbered("zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig", 2),
    **_numbered("vingt trente quarante cinquante soixante", 2),
    **_numbered("veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa", 2),
}

_UNITS_IN_GERMAN = _numbered("ein zwei drei vier fünf sechs sieben acht neun", 1)
_TENS_IN_GERMAN = _numbered("zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig", 2)
_COMPOUNDS = {
    f"{unit}und{ten}": tens + units
    for ten, tens in _TENS_IN_GERMAN.items()
    for unit, units in _UNITS_IN_GERMAN.items()
}

ENGLISH_DIGITS = frozenset({
    "zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
})  # fmt: skip
"""Words beside which "um" is a pause, and not the Portuguese one."""

NUMBERS: Mapping[str, str] = MappingProxyType({**_DIGITS, **_TEENS, **_COMPOUNDS})
"""Digits by the word for them, without upper case and "ß", as `casefold` writes it."""

TENS: Mapping[str, str] = MappingProxyType(_TENS)
"""The first digit by the word for a multiple of ten; a word for a digit may follow."""

REPEATS: Mapping[str, int] = MappingProxyType(
    {"double": 2, "triple": 3, "quadruple": 4, "doppel": 2}
)
"""How often a word repeats the digit that follows it."""

HUNDREDS = frozenset({"hundred", "hundert", "cent"})
"""Words that add two zeros to the digit before them."""

FILLERS = frozenset({
    "um", "uh", "er", "erm", "hm", "ah", "äh", "ähm", "euh", "eh", "dash", "hyphen", "minus",
    "space", "strich", "bindestrich", "tiret", "guion",
})  # fmt: skip
"""Words between the digits of one number that do not belong to it."""
