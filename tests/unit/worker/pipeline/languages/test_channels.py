"""The language of each channel, from a few windows of the whole channel."""

from collections.abc import Mapping

from whisperfarm_worker.pipeline.languages.channels import MAX_WINDOWS, once_per_channel
from whisperfarm_worker.pipeline.languages.spoken import SpokenWindow
from whisperfarm_worker.pipeline.state import SpeechRegion, Window


def _window(start: float, length: float, channel: int = 0) -> Window:
    end = start + length
    return Window(start=start, end=end, regions=(SpeechRegion(start, end),), channel=channel)


class _Detector:
    """Returns German with this probability, except in the windows of `others` by start."""

    def __init__(self, probability: float, others: Mapping[float, Mapping[str, float]]) -> None:
        self.probability, self.others = probability, others
        self.starts: list[float] = []

    def __call__(self, window: Window) -> Mapping[str, float]:
        self.starts.append(window.start)
        german = {"de": self.probability, "en": 1 - self.probability}
        return self.others.get(window.start, german)


def _languages(spoken: list[SpokenWindow]) -> list[str]:
    return [one.language for one in spoken]


def test_probabilities_of_several_windows_are_averaged() -> None:
    windows = [_window(10 * number, 8) for number in range(3)]
    detector = _Detector(0.8, {0: {"la": 0.6, "de": 0.1}})
    spoken = once_per_channel(windows, detector)
    assert _languages(spoken) == ["de"] * 3
    assert spoken[0].probability == round((0.1 + 0.8 + 0.8) / 3, 4)


def test_windows_are_taken_from_the_whole_channel_in_bounded_number() -> None:
    windows = [_window(30 * number, 25) for number in range(101)]
    detector = _Detector(0.7, {})
    once_per_channel(windows, detector)
    assert detector.starts == [30 * number for number in (0, 25, 50, 75, 100)]
    assert len(detector.starts) == MAX_WINDOWS


def test_two_windows_suffice_if_they_are_certain() -> None:
    detector = _Detector(0.97, {})
    once_per_channel([_window(30 * number, 25) for number in range(10)], detector)
    assert len(detector.starts) == 2


def test_short_windows_are_not_taken_if_there_are_longer_ones() -> None:
    detector = _Detector(0.7, {})
    once_per_channel([_window(0, 1), _window(2, 5), _window(8, 2), _window(11, 4)], detector)
    assert detector.starts == [2, 11]


def test_longest_windows_are_taken_if_all_are_short() -> None:
    detector = _Detector(0.7, {})
    once_per_channel([_window(number, 0.5 + number / 10) for number in range(8)], detector)
    assert detector.starts == [7, 6, 5, 4, 3]


def test_each_channel_has_its_own_language() -> None:
    windows = [_window(0, 5), _window(1, 5, channel=1), _window(8, 5)]
    detector = _Detector(0.9, {1: {"en": 0.9}})
    spoken = once_per_channel(windows, detector)
    assert _languages(spoken) == ["de", "en", "de"]


def test_channel_with_hardly_any_speech_has_the_language_of_the_other() -> None:
    windows = [_window(0, 5), _window(1, 0.6, channel=1)]
    detector = _Detector(0.9, {1: {"cy": 0.9}})
    spoken = once_per_channel(windows, detector)
    assert (_languages(spoken), detector.starts) == (["de", "de"], [0])
    assert spoken[1].probability is None
