"""What a caller searches for, and its syntax in each database."""

import re
from dataclasses import dataclass

from whisperfarm_store.ledger.search.terms import terms

MAX_QUERY_CHARS = 200
_CLAUSE = re.compile(r'"([^"]*)"?(\*?)|([^\s"]+)')


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms that follow each other. With `is_prefix`, the last one is the start of a word."""

    terms: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class TextQuery:
    """Phrases that a transcript must all have."""

    phrases: tuple[Phrase, ...]

    def to_fts5(self) -> str:
        """Return the query in the syntax of SQLite's FTS5. Terms have no quotes."""
        return " ".join(
            f'"{" ".join(one.terms)}"{"*" if one.is_prefix else ""}' for one in self.phrases
        )

    def to_tsquery(self) -> str:
        """Return the query in the syntax of PostgreSQL's `tsquery`."""
        return " & ".join(f"({_followed(one)})" for one in self.phrases)


def read_query(text: str) -> TextQuery:
    """Return the query of a text: words, "phrases in quotes", and starts of words such as `refun*`.

    A word of several terms, such as an e-mail address, is a phrase. All else is ignored. Raises
    `ValueError` if no word is left.
    """
    phrases: list[Phrase] = []
    for quoted, star, word in _CLAUSE.findall(text[:MAX_QUERY_CHARS]):
        found = tuple(terms(quoted or word))
        if found:
            phrases.append(Phrase(found, is_prefix=bool(star) or word.endswith("*")))
    if not phrases:
        raise ValueError("there is no word to search for; write letters or digits")
    return TextQuery(tuple(dict.fromkeys(phrases)))


def _followed(phrase: Phrase) -> str:
    quoted = [f"'{term}'" for term in phrase.terms]
    return " <-> ".join(quoted) + (":*" if phrase.is_prefix else "")
