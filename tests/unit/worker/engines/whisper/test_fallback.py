"""Whisper's tests of a decoded window, and decoding again."""

from dataclasses import replace

import pytest

from whisperfarm_worker.engines.port import DecodedText, Decoding, Doubt
from whisperfarm_worker.engines.whisper.fallback import decode_again, passes

DECODING = Decoding(language="en")
PROMPTED = replace(DECODING, initial_prompt="The internet line, please.", hotwords="Refund")
GOOD = DecodedText("hello thank you for calling", -0.2)
UNLIKELY = DecodedText("will hold three on refund", -1.4)
LOOP = DecodedText("thank you " * 40, -0.1)
SILENT = DecodedText("thank you", -1.4, 0.9)


class Window:
    """A window whose texts are given for each temperature."""

    def __init__(self, *texts: DecodedText) -> None:
        self.texts = list(texts)
        self.calls: list[tuple[Decoding, float]] = []

    def decode(self, decoding: Decoding, temperature: float) -> DecodedText:
        self.calls.append((decoding, temperature))
        return self.texts.pop(0)

    @property
    def temperatures(self) -> list[float]:
        return [temperature for _, temperature in self.calls]


@pytest.mark.parametrize(
    ("text", "decoding", "expected"),
    [
        (GOOD, DECODING, True),
        (UNLIKELY, DECODING, False),
        (UNLIKELY, replace(DECODING, logprob_threshold=-2.0), True),
        (LOOP, DECODING, False),
        (LOOP, replace(DECODING, compression_ratio_threshold=100.0), True),
        (SILENT, DECODING, False),
        (replace(GOOD, no_speech_prob=0.9), DECODING, True),
        (DecodedText("", -2.0), DECODING, True),
        (DecodedText(" ", -2.0), PROMPTED, False),
        (DecodedText("", -2.0, 0.9), PROMPTED, True),
        (DecodedText("the internet line please", -0.1), PROMPTED, False),
        (DecodedText("refund", -0.1), PROMPTED, True),
        (DecodedText("refund", -0.1, 0.9), PROMPTED, False),
    ],
)
def test_text_passes(text: DecodedText, decoding: Decoding, expected: bool) -> None:
    assert passes(text, decoding) is expected


@pytest.mark.parametrize(
    ("increment", "expected"),
    [(0.2, [0.2, 0.4, 0.6, 0.8, 1.0]), (0.3, [0.3, 0.6, 0.9]), (1.0, [1.0]), (0.0, [])],
)
def test_temperatures_rise_to_one(increment: float, expected: list[float]) -> None:
    assert replace(DECODING, temperature_increment=increment).fallback_temperatures == expected


def test_first_text_that_passes_is_kept() -> None:
    window = Window(UNLIKELY, GOOD)
    assert decode_again(UNLIKELY, DECODING, window.decode) == GOOD
    assert window.temperatures == [0.2, 0.4]


def test_most_probable_text_is_kept_and_marked_if_none_passes() -> None:
    better = replace(UNLIKELY, text="will hold", avg_logprob=-1.1)
    window = Window(UNLIKELY, better, LOOP, UNLIKELY, UNLIKELY)
    found = decode_again(UNLIKELY, DECODING, window.decode)
    assert found == replace(better, doubt=Doubt.IMPROBABLE)


def test_loop_is_cut_and_marked_if_every_text_has_one() -> None:
    found = decode_again(LOOP, DECODING, Window(*[LOOP] * 5).decode)
    assert (found.text, found.doubt) == ("thank you", Doubt.REPETITION)


def test_window_without_speech_is_dropped_without_decoding_again() -> None:
    window = Window()
    found = decode_again(SILENT, DECODING, window.decode)
    assert (found.text, found.doubt, window.calls) == ("", Doubt.NO_SPEECH, [])


def test_repeated_prompt_is_decoded_again_without_it() -> None:
    window = Window(GOOD)
    echo = DecodedText("The internet line", -0.1)
    assert decode_again(echo, PROMPTED, window.decode) == GOOD
    assert window.calls == [(DECODING, 0.0)]


def test_speech_without_text_is_decoded_again_without_the_prompt() -> None:
    window = Window(GOOD)
    assert decode_again(DecodedText("", -0.3), PROMPTED, window.decode) is GOOD
    assert window.calls == [(DECODING, 0.0)]


def test_doubtful_window_is_marked_at_once_without_temperatures() -> None:
    decoding = replace(DECODING, temperature_increment=0.0)
    found = decode_again(UNLIKELY, decoding, Window().decode)
    assert found.doubt is Doubt.IMPROBABLE
