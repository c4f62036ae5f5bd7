"""The likeliest languages of consecutive parts: one short part changes nothing, a long one does."""

from whisperfarm_worker.pipeline.languages.smoothing import smooth

GERMAN, ENGLISH = {"de": 0.95, "en": 0.05}, {"de": 0.05, "en": 0.95}


def test_long_parts_have_their_own_languages() -> None:
    parts = [ENGLISH, GERMAN, ENGLISH]
    assert smooth(parts, [20, 20, 20]) == ["en", "de", "en"]


def test_one_short_part_changes_nothing() -> None:
    for position in range(5):
        parts = [GERMAN if number == position else ENGLISH for number in range(5)]
        lengths = [2.0 if number == position else 10.0 for number in range(5)]
        assert smooth(parts, lengths) == ["en"] * 5


def test_part_of_a_sentence_has_its_own_language() -> None:
    assert smooth([ENGLISH, GERMAN], [4.0, 4.0]) == ["en", "de"]
    assert smooth([ENGLISH, GERMAN, ENGLISH], [4.0, 4.0, 4.0]) == ["en", "de", "en"]


def test_several_short_parts_change_the_language() -> None:
    parts = [ENGLISH] * 3 + [GERMAN] * 4 + [ENGLISH] * 3
    assert smooth(parts, [3.0] * 10) == ["en"] * 3 + ["de"] * 4 + ["en"] * 3


def test_uncertain_part_follows_its_neighbours() -> None:
    assert smooth([GERMAN, {"de": 0.4, "en": 0.6}, GERMAN], [10, 10, 10]) == ["de"] * 3


def test_part_without_evidence_has_the_language_before_it() -> None:
    parts = [{}, GERMAN, {}, ENGLISH, {}]
    assert smooth(parts, [0.5, 20, 0.5, 20, 0.5]) == ["de", "de", "de", "en", "en"]


def test_language_of_a_single_part_is_its_likeliest() -> None:
    assert smooth([{"de": 0.2, "en": 0.3, "fr": 0.5}], [1.0]) == ["fr"]


def test_probabilities_are_relative_to_the_allowed_languages() -> None:
    weak = {"de": 0.02, "en": 0.0004}
    assert smooth([ENGLISH, weak, ENGLISH], [10, 10, 10]) == ["en", "de", "en"]
