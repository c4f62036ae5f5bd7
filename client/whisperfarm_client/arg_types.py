"""Values as the command line and the environment spell them.

Each reader raises `argparse.ArgumentTypeError` saying what was expected, which is how argparse
takes a message over word for word.
"""

from argparse import ArgumentTypeError

from whisperfarm_client import durations


def truth(text: str) -> bool:
    """`True` or `False`, as `whisper` writes them, in any case."""
    if text.lower() not in ("true", "false"):
        raise ArgumentTypeError(f"True or False is expected, not {text!r}")
    return text.lower() == "true"


def whole(text: str) -> int:
    """A whole number."""
    try:
        return int(text)
    except ValueError:
        raise ArgumentTypeError(f"a whole number is expected, not {text!r}") from None


def whole_or_none(text: str) -> int | None:
    """A whole number, or `None` where `whisper` takes that word."""
    return None if text == "None" else whole(text)


def number(text: str) -> float:
    """A number."""
    try:
        return float(text)
    except ValueError:
        raise ArgumentTypeError(f"a number is expected, not {text!r}") from None


SIPREC_TIMEOUT_S = 600.0
"""What SIPREC goes by when it can not read its own setting."""


def siprec_timeout_s(text: str) -> float:
    """`WHISPER_TIMEOUT` as SIPREC reads it: a number without a unit is none to it."""
    try:
        has_unit = text[-1:].isalpha() or not text.strip("0")
        return durations.seconds(text) if has_unit else SIPREC_TIMEOUT_S
    except ValueError:
        return SIPREC_TIMEOUT_S


def duration_s(text: str) -> float:
    """Seconds, from a number or a duration."""
    try:
        return durations.seconds(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None
