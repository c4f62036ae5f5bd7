"""Sentences with personal data, written and read out, and sentences without any."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from stdnum import iban, luhn

_ENGLISH = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_GERMAN = ["null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"]
_SPANISH = ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"]
_FRENCH = ["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, and the kind of the data that `value` is; of a sentence without data, empty."""

    template: str
    value: str = ""
    kind: str = ""

    @property
    def text(self) -> str:
        return self.template.format(self.value)

    @property
    def masked(self) -> str:
        """What redaction must make of it."""
        return self.template.format(f"[{self.kind}]")


def _spoken(digits: str, words: Sequence[str]) -> str:
    return " ".join(words[int(digit)] for digit in digits)


def _grouped(digits: str, sizes: Sequence[int], separator: str) -> str:
    ends = [sum(sizes[: place + 1]) for place in range(len(sizes))]
    starts = [0, *ends[:-1]]
    return separator.join(digits[a:b] for a, b in zip(starts, ends, strict=True))


def _card_values() -> Iterator[str]:
    for payload in ("411111111111111", "555555555555444", "601111111111111", "222300004841001"):
        number = payload + luhn.calc_check_digit(payload)
        yield number
        yield _grouped(number, (4, 4, 4, 4), " ")
        yield _grouped(number, (4, 4, 4, 4), "-")
        yield _grouped(number, (4, 4, 4, 4), ", ")
        yield from (_spoken(number, words) for words in (_ENGLISH, _GERMAN, _SPANISH, _FRENCH))
    yield _grouped("378282246310005", (4, 6, 5), " ")
    yield "four double one one, one one one one, uh, triple one one, eleven eleven"


def _iban_values() -> Iterator[str]:
    for bare in ("DE89370400440532013000", "GB29NWBK60161331926819", "NL91ABNA0417164300"):
        yield bare
        yield iban.format(bare)
    yield f"D E {_spoken('89370400440532013000', _ENGLISH)}"
    yield f"DE {_spoken('89370400440532013000', _GERMAN)}"


def _national_id_values() -> Iterator[str]:
    yield from ("536-90-4399", "536 90 4399", _spoken("536904399", _ENGLISH))
    yield from ("AB 12 34 56 C", "AB123456C", "A B one two three four five six C")
    yield from ("36 574 261 809", _spoken("36574261809", _GERMAN), "295109912611193")
    yield from ("54362315-K", "111222333", "44051401359", "756.9217.0769.85")


def _phone_values() -> Iterator[str]:
    yield from ("+49 170 1234567", "0800 555 123", "(212) 555-0143", "+1 212 555 0143")
    yield from (_spoken("02079460018", _ENGLISH), f"plus {_spoken('4917012345', _GERMAN)}")
    yield from ("eight hundred five five five oh one four three", "06 12 34 56 78")


def _email_values() -> Iterator[str]:
    yield from ("john.smith@example.com", "a-b+c@mail.example.co.uk", "x_1@example.org")
    yield from ("john dot smith at example dot com", "anna punkt berg at example punkt de")


_TEMPLATES = {
    "card": ("My card is {}.", "So that's {}, right?", "{}", "Die Karte ist {} danke."),
    "iban": ("The account is {}.", "IBAN {} please", "Überweisen Sie auf {}!"),
    "national-id": ("My number is {}.", "Is it {}?", "{} is what it says"),
    "phone": ("Call me on {}.", "{}", "Meine Nummer ist {}, ja."),
    "email": ("Write to {}.", "It is {} today", "{}"),
}
_VALUES = {
    "card": _card_values, "iban": _iban_values, "national-id": _national_id_values,
    "phone": _phone_values, "email": _email_values,
}  # fmt: skip

_SECURITY_CODES = tuple(
    Sentence(f"The {name} is {{}}.", code, "card")
    for name, code in product(
        ("security code", "CVV", "C V C", "card code"), ("737", "7 3 7", "seven three seven")
    )
)
_EXPIRIES = tuple(
    Sentence(template, date, "card")
    for template, date in product(
        ("It expires in {}.", "valid until {} it says", "expiry date {}"),
        ("12/26", "12 2026", "twelve twenty-six"),
    )
)

_HARMLESS = (
    "On 2026-11-27 we met.", "It was on 27.11.2026, I think.", "I paid 1,250,000.00 dollars.",
    "Das kostet 1.250,50 Euro.", "My order is 48213.", "There are 4 of us and 2 dogs.",
    "twenty one apples and one hundred pears", "neunundneunzig Luftballons", "It is two thirty.",
    "I will be there at ten to five.", "Press one for sales, two for support.", "Room 2145.",
    "order 4111 of 2026", "We were at home.", "Look at the dot on the map.", "He is six foot two.",
    "The code is A 12.", "Flight LH 438 at 10:35", "Chapter 12, verse 14 to 18", "a 30 day trial",
    "One of us, two of them and three of you.", "Ein Tisch für zwei, bitte.", "the year 1984",
    "between 1914 and 1918", "Es ist halb acht.", "It grew by 12.5 percent.", "5,000 people came",
    "version 3.11.7 of it", "Highway 101 to exit 23", "un deux trois", "We said ten, not twelve.",
)  # fmt: skip
_REFERENCES = tuple(
    f"{before} {number}{after}"
    for before, number, after in product(
        ("The order number is", "Ticket", "Die Kundennummer ist", "Invoice"),
        ("48213", "2026 14", "one two three four", "A 731", "99 02"),
        (".", ", thank you"),
    )
)


def sentences() -> list[Sentence]:
    """Return all sentences."""
    with_data = [
        Sentence(template, value, kind)
        for kind, templates in _TEMPLATES.items()
        for value, template in product(_VALUES[kind](), templates)
    ]
    without = [Sentence(text) for text in (*_HARMLESS, *_REFERENCES)]
    return [*with_data, *_SECURITY_CODES, *_EXPIRIES, *without]
