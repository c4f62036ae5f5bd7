"""Vocabularies belong to a tenant, and one replaces that of the same name."""

import pytest

from whisperfarm_contract.problems import VocabularyNotFound
from whisperfarm_store.ledger import Ledger


def test_tenants_do_not_see_the_vocabularies_of_others(ledger: Ledger) -> None:
    ledger.vocabularies.put("a", "names", ["Meyer"])
    ledger.vocabularies.put("b", "names", ["Schulz"])
    assert ledger.vocabularies.get("a", "names").words == ("Meyer",)
    ledger.vocabularies.delete("a", "names")
    assert ledger.vocabularies.list("a") == []
    assert [one.words for one in ledger.vocabularies.list("b")] == [("Schulz",)]


def test_second_vocabulary_of_a_name_replaces_the_first(ledger: Ledger) -> None:
    ledger.vocabularies.put("a", "names", ["Meyer"])
    second = ledger.vocabularies.put("a", "names", ["Maier"])
    other = ledger.vocabularies.put("a", "Streets", [])
    assert ledger.vocabularies.list("a") == [other, second]
    assert second.words == ("Maier",)
    assert second.updated_at > 0


def test_unknown_vocabulary_is_neither_read_nor_deleted(ledger: Ledger) -> None:
    with pytest.raises(VocabularyNotFound):
        ledger.vocabularies.get("a", "names")
    with pytest.raises(VocabularyNotFound):
        ledger.vocabularies.delete("a", "names")
