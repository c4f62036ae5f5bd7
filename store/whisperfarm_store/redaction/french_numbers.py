"""French numbers of several words: "quatre-vingt-douze", "soixante et onze", "cent vingt-six"."""

from collections.abc import Sequence

from whisperfarm_store.redaction.spoken_digits import NUMBERS, TENS

_FRENCH_TENS = ("vingt", "trente", "quarante", "cinquante")
_UNITS = ["un", "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"]
_TEENS = ["dix", "onze", "douze", "treize", "quatorze", "quinze", "seize"]
_ABOVE_SIXTEEN = ("sept", "huit", "neuf")


def read_french(words: Sequence[str], index: int) -> tuple[str, int]:
    """Return the digits of the number that begins here, and how many words it has; 0: none."""
    before = words[index - 1] if index else ""
    if words[index] == "cent" and before not in NUMBERS and not before.isdecimal():
        digits, count = _below_hundred(words, index + 1)
        return (f"1{digits:0>2}", 1 + count) if count else ("", 0)
    digits, count = _below_hundred(words, index)
    return (digits, count) if count > 1 else ("", 0)


def _below_hundred(words: Sequence[str], index: int) -> tuple[str, int]:
    if any(_match(words, index, ("quatre", "-", one)) for one in ("vingt", "vingts")):
        return _added(80, words, index + 3, 3)
    if _match(words, index, ("soixante",)):
        return _added(60, words, index + 1, 1)
    for word in _FRENCH_TENS:
        if _match(words, index, (word,)):
            return _added(10 * int(TENS[word]), words, index + 1, 1, teens=False)
    value, count = _teen(words, index)
    return (str(value), count) if count else ("", 0)


def _added(
    base: int, words: Sequence[str], index: int, count: int, *, teens: bool = True
) -> tuple[str, int]:
    """Return the number with what is added to the base behind a hyphen or "et"."""
    if index < len(words) and words[index] in {"-", "et"}:
        value, own = _teen(words, index + 1) if teens else (0, 0)
        if not own and index + 1 < len(words) and words[index + 1] in _UNITS:
            value, own = int(NUMBERS[words[index + 1]]), 1
        if own:
            return str(base + value), count + 1 + own
    return str(base), count


def _teen(words: Sequence[str], index: int) -> tuple[int, int]:
    """Return a number from 10 to 19 and how many words it has; 0: none."""
    if index >= len(words) or words[index] not in _TEENS:
        return 0, 0
    for unit in _ABOVE_SIXTEEN:
        if _match(words, index, ("dix", "-", unit)):
            return 10 + int(NUMBERS[unit]), 3
    return int(NUMBERS[words[index]]), 1


def _match(words: Sequence[str], index: int, wanted: Sequence[str]) -> bool:
    return tuple(words[index : index + len(wanted)]) == tuple(wanted)
