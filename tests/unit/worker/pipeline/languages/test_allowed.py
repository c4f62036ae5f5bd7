"""Which languages a recording may have, and whether they may change."""

import pytest

from whisperfarm_contract import options
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import UnknownLanguage
from whisperfarm_worker.pipeline.languages.allowed import (
    AllowedLanguages,
    allowed_languages,
    idle_warnings,
)

ANY = Preset(name="any", asr="a")
TWO = Preset(name="two", asr="a", languages=("en", "fr"))
ENGLISH = Preset(name="english", asr="a", languages=("en",))
MODEL = frozenset({"de", "en", "fr"})


@pytest.mark.parametrize(
    ("given", "preset", "codes", "may_change"),
    [
        ({}, ANY, ("de", "en", "fr"), False),
        ({}, TWO, ("en", "fr"), False),
        ({}, ENGLISH, ("en",), False),
        ({"language": "fr"}, ANY, ("fr",), False),
        ({"language": "auto"}, ANY, ("de", "en", "fr"), True),
        ({"language": "auto"}, TWO, ("en", "fr"), True),
        ({"language": "auto"}, ENGLISH, ("en",), False),
        ({"languages": "fr,de"}, ANY, ("de", "fr"), True),
        ({"languages": "fr"}, ANY, ("fr",), False),
        ({"languages": "fr,de", "language": "auto"}, ANY, ("de", "fr"), True),
    ],
)
def test_options_preset_and_model_decide(
    given: dict[str, str], preset: Preset, codes: tuple[str, ...], may_change: bool
) -> None:
    found = allowed_languages(options.read(given), preset, MODEL)
    assert found == AllowedLanguages(codes, may_change=may_change)


@pytest.mark.parametrize(
    ("given", "preset", "message"),
    [
        ({"language": "de"}, TWO, "language: two does not support german; use one of en, fr"),
        ({"languages": "en,de"}, TWO, "languages: two does not support german"),
        ({"languages": "en,ja"}, ANY, "languages: any does not support japanese"),
    ],
)
def test_unsupported_languages_are_named(
    given: dict[str, str], preset: Preset, message: str
) -> None:
    with pytest.raises(UnknownLanguage, match=message):
        allowed_languages(options.read(given), preset, MODEL)


def test_auto_with_one_language_gives_a_warning() -> None:
    given = options.read({"language": "auto"})
    (warning,) = idle_warnings(given, ENGLISH, AllowedLanguages(("en",)))
    assert warning == "language=auto has no effect: english has one language, english"
    assert idle_warnings(given, TWO, AllowedLanguages(("en", "fr"), may_change=True)) == []
