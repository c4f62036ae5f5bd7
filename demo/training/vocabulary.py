"""The closed vocabulary of the demo: the words of a support call."""

_DIGITS = "zero one two three four five six seven eight nine"

_OTHERS = """
    a about account address agent am an and bill broken call calling can cancel card city could
    customer for friday good goodbye have hello help hold how i internet is it line moment monday
    morning my name new no not number on order our payment phone please problem refund send
    service sorry street support ten thank thanks the this time to today tomorrow transfer we
    what will with work working yes you your
"""

DIGITS: tuple[str, ...] = tuple(_DIGITS.split())

WORDS: tuple[str, ...] = tuple(sorted({*DIGITS, *_OTHERS.split()}))
"""Every word that is ever spoken or recognised, in alphabetical order."""

LETTERS: tuple[str, ...] = ("|", "'", *"abcdefghijklmnopqrstuvwxyz")
"""The letters of the aligner; `|` is the gap between two words."""
