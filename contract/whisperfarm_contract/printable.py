"""Text from outside, such as file names, made safe for terminals and text logs."""

_SPACES_AND_JOINERS = "\u00a0\u3000\u200c\u200d"
"""Characters that `str.isprintable` rejects although they are a part of ordinary text."""


def printable(text: str) -> str:
    r"""Return the text in one line, with unprintable characters as escapes such as `\x1b`.

    Escapes control characters, line breaks, marks that reverse the direction of text, and
    surrogates.
    """
    if text.isprintable():
        return text
    return "".join(map(_escape, text))


def _escape(character: str) -> str:
    if character.isprintable() or character in _SPACES_AND_JOINERS:
        return character
    return character.encode("unicode_escape").decode("ascii")
