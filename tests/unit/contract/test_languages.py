from types import ModuleType

import pytest

from whisperfarm_contract import languages


def test_the_table_is_that_of_whisper(whisper_tokenizer: ModuleType) -> None:
    assert dict(languages.NAMES) == whisper_tokenizer.LANGUAGES


def test_every_name_and_alias_of_whisper_means_the_same_code(whisper_tokenizer: ModuleType) -> None:
    known = whisper_tokenizer.TO_LANGUAGE_CODE
    assert {name: languages.code_of(name) for name in known} == known


@pytest.mark.parametrize("given", ["de", "DE", "German", "german", " GERMAN "])
def test_codes_and_names_are_taken_in_any_case(given: str) -> None:
    assert languages.code_of(given) == "de"


@pytest.mark.parametrize("given", ["", "xx", "en-US", "None"])
def test_what_is_no_language_is_refused_by_name(given: str) -> None:
    with pytest.raises(ValueError, match=repr(given)):
        languages.code_of(given)
