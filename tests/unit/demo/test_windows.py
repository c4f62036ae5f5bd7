import random

import numpy as np
import pytest

pytest.importorskip("espeakng_loader")

from training import corpus
from training.augment import augmented, mu_law, telephone
from training.windows import draw_clean_window, draw_window


@pytest.fixture(scope="module")
def spoken(tmp_path_factory):
    return corpus.build(
        tmp_path_factory.mktemp("corpus"), corpus.training_lines(20, seed=1), processes=1
    )


def test_corpus_is_read_back_from_disk(spoken):
    lines = corpus.training_lines(20, seed=1)
    assert len(spoken) == 20
    assert [word.text for word in spoken[3].words] == lines[3].text.split()
    assert spoken.speaker(3) == lines[3].speaker


def test_corpus_is_the_same_for_every_voice(tmp_path):
    lines = corpus.training_lines(210, seed=4)
    alone = corpus.build(tmp_path / "alone", lines, processes=1)
    shared = corpus.build(tmp_path / "shared", lines, processes=2)
    assert all(np.array_equal(alone[n].samples, shared[n].samples) for n in range(len(lines)))


def test_windows_keep_their_length_and_word_order(spoken):
    rng = random.Random(2)
    for _ in range(20):
        window = draw_window(spoken, rng, longest_s=9.0)
        assert len(window.audio) <= 9 * 16_000
        assert np.abs(window.audio).max() <= 1
        starts = [word.start_s for word in window.words]
        assert starts == sorted(starts)
        assert window.words[-1].end_s <= 9.0


def test_word_is_audible_at_its_stated_time(spoken):
    window = draw_clean_window(spoken, random.Random(3), wanted_s=5, longest_s=9)
    first = window.words[0]
    before = window.audio[: int(first.start_s * 16_000)]
    during = window.audio[int(first.start_s * 16_000) : int(first.end_s * 16_000)]
    assert not before.any()
    assert np.abs(during).max() > 0.01


def test_augmentation_keeps_length_and_range(spoken):
    audio = draw_clean_window(spoken, random.Random(4), wanted_s=3, longest_s=9).audio
    for seed in range(8):
        changed = augmented(audio, random.Random(seed))
        assert changed.shape == audio.shape
        assert np.abs(changed).max() <= 1
    assert telephone(audio).shape == audio.shape


def test_mu_law_has_few_levels():
    levels = np.unique(mu_law(np.linspace(-1, 1, 10_000)))
    assert len(levels) <= 256
    assert abs(levels).max() == pytest.approx(1)
