"""What every family of speech models does behind the port."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from tests.conformance.speech_models import FAMILIES, Family, open_family
from whisperfarm_worker.attempt.monitor import Cancelled
from whisperfarm_worker.engines.port import DecodedText, Decoding

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

_ENGLISH = Decoding(language="en")


def _no_network(*_: Any) -> None:
    raise AssertionError("a speech model opened a connection")


@pytest.fixture(scope="module", params=FAMILIES)
def family(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Open the model without a network."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _no_network)
        patch.setattr(socket, "getaddrinfo", _no_network)
        yield open_family(request.param, tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def alone(family: Family) -> list[DecodedText]:
    """Return the text of each window in a call of its own."""
    return [_decode(family, window) for window in family.windows]


def _ignore(done: float) -> None:
    assert 0 <= done <= 1


def _decode(family: Family, window: Any) -> DecodedText:
    (text,) = family.recognizer.transcribe([window], _ENGLISH, on_progress=_ignore)
    return text


def test_model_transcribes_its_windows(family: Family, alone: list[DecodedText]) -> None:
    assert [text.text.strip() for text in alone] == family.texts
    assert all(text.avg_logprob < 0 for text in alone)


def test_windows_together_have_the_texts_of_windows_alone(
    family: Family, alone: list[DecodedText]
) -> None:
    windows = [*family.windows, *reversed(family.windows)]
    together = family.recognizer.transcribe(windows, _ENGLISH, on_progress=_ignore)
    _assert_equal(together, [*alone, *reversed(alone)])


def test_eight_threads_get_the_texts_of_windows_alone(
    family: Family, alone: list[DecodedText]
) -> None:
    numbers = [number % len(alone) for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        texts = list(pool.map(lambda number: _decode(family, family.windows[number]), numbers))
    _assert_equal(texts, [alone[number] for number in numbers])


def _assert_equal(texts: list[DecodedText], expected: list[DecodedText]) -> None:
    assert [text.text for text in texts] == [text.text for text in expected]
    assert [text.words for text in texts] == [text.words for text in expected]
    scores = [[text.avg_logprob for text in one] for one in (texts, expected)]
    assert np.allclose(*scores, atol=1e-4)


def test_each_text_is_reported_once_in_the_calling_thread(family: Family) -> None:
    reported: dict[int, tuple[DecodedText, int]] = {}
    texts = family.recognizer.transcribe(
        family.windows,
        _ENGLISH,
        on_progress=_ignore,
        on_text=lambda number, text: reported.update({number: (text, threading.get_ident())}),
    )
    assert {number: text for number, (text, _) in reported.items()} == dict(enumerate(texts))
    assert {thread for _, thread in reported.values()} == {threading.get_ident()}


def test_no_window_is_decoded_after_a_cancellation(family: Family) -> None:
    reported: list[int] = []

    def cancel_after_the_first(done: float) -> None:
        if reported:
            raise Cancelled

    windows = [*family.windows] * 20
    with pytest.raises(Cancelled):
        family.recognizer.transcribe(
            windows,
            _ENGLISH,
            on_progress=cancel_after_the_first,
            on_text=lambda number, _: reported.append(number),
        )
    assert 0 < len(reported) < len(windows)


def test_cancelled_call_leaves_other_calls_alone(family: Family, alone: list[DecodedText]) -> None:
    def cancel(done: float) -> None:
        raise Cancelled

    with ThreadPoolExecutor(2) as pool:
        kept = pool.submit(_decode, family, family.windows[0])
        with pytest.raises(Cancelled):
            family.recognizer.transcribe(family.windows, _ENGLISH, on_progress=cancel)
        _assert_equal([kept.result(60)], alone[:1])


def test_empty_window_has_no_text(family: Family, alone: list[DecodedText]) -> None:
    windows = [np.zeros(0, np.float32), family.windows[0]]
    empty, text = family.recognizer.transcribe(windows, _ENGLISH, on_progress=_ignore)
    assert empty.text.strip() == ""
    _assert_equal([text], alone[:1])


def test_no_windows_have_no_texts(family: Family) -> None:
    assert family.recognizer.transcribe([], _ENGLISH, on_progress=_ignore) == []


def test_window_is_cut_off_after_30_seconds(family: Family) -> None:
    whole = _decode(family, family.long_window)
    _assert_equal([whole], [_decode(family, family.long_window[: 30 * 16_000])])
    assert whole.text.strip() == family.texts[0]


def test_words_with_times_are_those_of_the_text(family: Family, alone: list[DecodedText]) -> None:
    for window, text in zip(family.windows, alone, strict=True):
        if text.words is None:
            continue
        assert " ".join(word.text for word in text.words) == text.text
        times = [time for word in text.words for time in (word.start, word.end)]
        assert times == sorted(times)
        assert 0 <= times[0] <= times[-1] <= len(window) / 16_000


def test_clamped_options_stay_as_they_are(family: Family) -> None:
    asked = Decoding(
        language="en", beam_size=3, initial_prompt="x " * 5000, hotwords="y", patience=0.01
    )
    clamped, warnings = family.recognizer.clamp(asked)
    assert warnings
    assert family.recognizer.clamp(clamped) == (clamped, [])
    assert family.recognizer.transcribe(family.windows[:1], clamped, on_progress=_ignore)


def test_default_options_have_no_warnings(family: Family) -> None:
    assert family.recognizer.clamp(_ENGLISH) == (_ENGLISH, [])


def test_detected_languages_are_those_of_the_model(family: Family) -> None:
    assert family.recognizer.detects_languages
    found = family.recognizer.detect_language(family.windows[0])
    assert found
    assert {language for language, _ in found} <= family.recognizer.languages


def test_model_names_its_family(family: Family) -> None:
    assert {"asr_family", "asr_revision"} <= family.recognizer.provenance.keys()
