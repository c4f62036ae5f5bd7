"""What a recording is called."""

import re

_LENGTH = 255


def base_name(filename: str) -> str:
    """The name without folders and without what could disturb a log or a header."""
    last = re.split(r"[/\\]", filename)[-1]
    return "".join(letter for letter in last if letter.isprintable())[:_LENGTH]
