from types import ModuleType

import pytest

from whisperfarm_contract import languages


def test_names_equal_those_of_whisper(whisper_tokenizer: ModuleType) -> None:
    assert dict(languages.NAMES) == whisper_tokenizer.LANGUAGES


def test_code_of_agrees_with_whisper_on_names_and_aliases(whisper_tokenizer: ModuleType) -> None:
    known = whisper_tokenizer.TO_LANGUAGE_CODE
    assert {name: languages.code_of(name) for name in known} == known


@pytest.mark.parametrize("given", ["de", "DE", "German", "german", " GERMAN "])
def test_code_of_ignores_case(given: str) -> None:
    assert languages.code_of(given) == "de"


@pytest.mark.parametrize("given", ["", "xx", "en-US", "None"])
def test_code_of_names_the_unknown_language(given: str) -> None:
    with pytest.raises(ValueError, match=repr(given)):
        languages.code_of(given)
