"""Excerpts show the words that were searched for."""

import pytest

from whisperfarm_dispatcher.api.excerpts import CHARS_AROUND, excerpt
from whisperfarm_store.ledger import read_query


def test_excerpt_is_cut_between_words_around_the_first_word() -> None:
    text = f"{'before ' * 90}the refund {'after ' * 90}"
    shown = excerpt(text, read_query("refund"))
    assert shown.startswith("… before")
    assert "the <mark>refund</mark> after" in shown
    assert shown.endswith("after …")
    assert len(shown) < 4 * CHARS_AROUND


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("Refunding a refund", "refund", "Refunding a <mark>refund</mark>"),
        ("Refunding it", "refun*", "<mark>Refunding</mark> it"),
        ("die STRASSE", "straße", "die <mark>STRASSE</mark>"),
        ("a <b> & c", "c", "a &lt;b&gt; &amp; <mark>c</mark>"),
        ("東京に行く", "京に", "東<mark>京</mark><mark>に</mark>行く"),
        ("nothing", "else", "nothing"),
    ],
)
def test_excerpt_marks_words_and_escapes_the_rest(text: str, query: str, expected: str) -> None:
    assert excerpt(text, read_query(query)) == expected
