"""Adds the words of the named vocabulary to a job's hotwords."""

from dataclasses import replace

from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import UnknownVocabulary, VocabularyNotFound
from whisperfarm_contract.vocabulary import join_hotwords
from whisperfarm_store.ledger import Ledger


def resolve(options: Options, ledger: Ledger, tenant: str) -> Options:
    """Return the options with the words that the vocabulary has now, so that the job keeps them.

    Raises `UnknownVocabulary`, or `InvalidOption` if hotwords and vocabulary together are too long.
    """
    if options.vocabulary is None:
        return options
    try:
        words = ledger.vocabularies.get(tenant, options.vocabulary).words
    except VocabularyNotFound as problem:
        raise UnknownVocabulary(f"vocabulary: {problem.detail}") from None
    return replace(options, hotwords=join_hotwords(options.hotwords, words))
