"""Numbers of payment cards with what belongs to them: expiry date and security code."""

import re
from collections.abc import Iterator

from stdnum import luhn

from whisperfarm_store.redaction.digit_runs import parts

_ISSUERS = re.compile(
    r"4\d{12}(?:\d{3}){0,2}"  # Visa
    r"|(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)\d+"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(?:0[0-5]|[68]\d)\d{11}"  # Diners Club
    r"|35(?:2[89]|[3-8]\d)\d{12}"  # JCB
    r"|(?:5[06-9]|6)\d+"  # Maestro, Discover, UnionPay
)
"""Numbers that an issuer may have given to a card, by their first digits."""

_LENGTHS = range(13, 20)

_SECURITY_CODE = re.compile(
    r"\b(?:c ?v ?[vc] ?2?|c ?i ?d|(?:security|card) (?:code|number)|"
    r"digits on the back|prüfnummer|prüfziffer|kartenprüfnummer|sicherheitscode|"
    r"code de sécurité|cryptogramme|código de seguridad)\b(?:\W+[^\W\d]+){0,8}?\W+"
    r"(?P<code>\d(?:[ ,-]{0,2}\d){2,3})(?![ ,-]{0,2}\d)",
    re.IGNORECASE,
)
_SPANS_AND_MONTHS = (
    "second|minute|hour|day|week|month|year|sekunde|stunde|tag|woche|monat|jahr|heure|jour|semaine|mois|an"
    "|jan|feb|fév|mar|mär|apr|avr|may|mai|jun|jul|juin|juil|aug|aoû|sep|oct|okt|nov|dec|dez|déc"
)
"""Starts of words after a number that are not expiry dates: cards have neither days nor hours."""

_EXPIRY = re.compile(
    r"\b(?:expir\w*|valid (?:until|thru|through)|gültig bis|läuft ab|"
    r"ablaufdatum|expiration|valable jusqu\W?au|caduca)\b"
    r"(?:\W+[^\W\d]+){0,5}?\W+(?P<date>\d(?:[ ./-]{0,3}\d){1,5})(?![ ./-]{0,3}\d)"
    rf"(?!\W+(?:{_SPANS_AND_MONTHS}))",
    re.IGNORECASE,
)


def find_cards(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of card numbers that pass their check digit, security codes and expiries."""
    for part in parts(text, _LENGTHS):
        if _ISSUERS.fullmatch(part.digits) and luhn.is_valid(part.digits):
            yield part.start, part.end
    for found in _SECURITY_CODE.finditer(text):
        yield found.span("code")
    for found in _EXPIRY.finditer(text):
        yield found.span("date")
