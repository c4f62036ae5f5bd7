"""Parsers for values of the command line and the environment.

Each raises `argparse.ArgumentTypeError`, whose message argparse shows unchanged.
"""

from argparse import ArgumentTypeError
from collections.abc import Callable

from whisperfarm_client import durations

MAX_PARALLEL = 64
"""As many as `whisperfarm batch` sends at once."""


def is_boolean(text: str) -> bool:
    """Whether `boolean` accepts the text."""
    return text.lower() in {"true", "false"}


def boolean(text: str) -> bool:
    """Parse `True` or `False` in any case, as `whisper` does."""
    if not is_boolean(text):
        raise ArgumentTypeError(f"{text!r} is not True or False")
    return text.lower() == "true"


def integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not an integer") from None


def parallel(text: str) -> int:
    """Parse how many jobs to have at once."""
    count = integer(text)
    if not 1 <= count <= MAX_PARALLEL:
        raise ArgumentTypeError(f"{text!r} is not a number from 1 to {MAX_PARALLEL}")
    return count


def optional_integer(text: str) -> int | None:
    """Parse an integer, or the word `None`, which `whisper` accepts too."""
    return None if text == "None" else integer(text)


def number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a number") from None


def optional_number(text: str) -> float | None:
    """Parse a number, or the word `None`, which `whisper` accepts too."""
    return None if text == "None" else number(text)


def limit(minimum: float, maximum: float) -> Callable[[str], float | None]:
    """Return a parser of limits from `minimum` to `maximum`; `None` and 0 mean no limit."""

    def read(text: str) -> float | None:
        value = optional_number(text) or None
        if value is None or minimum <= value <= maximum:
            return value
        raise ArgumentTypeError(f"{text!r} is not a number from {minimum:g} to {maximum:g}")

    return read


def number_or(none: float) -> Callable[[str], float]:
    """Return a parser of numbers for which the word `None`, as in `whisper`, means `none`."""
    return lambda text: none if text == "None" else number(text)


SIPREC_TIMEOUT_S = 600.0
"""The timeout that SIPREC uses if its setting is invalid."""


def siprec_timeout_s(text: str) -> float:
    """Parse `WHISPER_TIMEOUT` like SIPREC, which treats a number without a unit as invalid."""
    try:
        has_unit = text[-1:].isalpha() or not text.strip("0")
        return durations.seconds(text) if has_unit else SIPREC_TIMEOUT_S
    except ValueError:
        return SIPREC_TIMEOUT_S


def duration_s(text: str) -> float:
    """Parse a number of seconds or a duration such as `10m`; return seconds."""
    try:
        return durations.seconds(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None
