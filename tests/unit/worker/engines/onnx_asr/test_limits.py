"""Options that these models cannot follow."""

import pytest

from whisperfarm_worker.engines.onnx_asr.limits import clamp_options
from whisperfarm_worker.engines.port import Decoding


@pytest.mark.parametrize(
    ("asked", "warning"),
    [
        ({"beam_size": 2}, "beam_size has no effect: this speech model decodes greedily"),
        ({"hotwords": "Falk"}, "hotwords has no effect: this speech model takes no hotwords"),
        ({"initial_prompt": "Falk"}, "initial_prompt has no effect"),
        ({"temperature": 0.5}, "temperature has no effect"),
        ({"temperature_increment": 0.0}, "temperature_increment_on_fallback has no effect"),
        ({"suppress_tokens": (7,)}, "suppress_tokens has no effect"),
    ],
)
def test_option_without_effect_gets_a_warning(asked: dict[str, object], warning: str) -> None:
    clamped, warnings = clamp_options(Decoding(language="de", **asked))  # type: ignore[arg-type]
    assert clamped == Decoding(language="de")
    assert [one.startswith(warning) for one in warnings] == [True]


def test_language_and_task_are_kept() -> None:
    asked = Decoding(language="de", task="translate")
    assert clamp_options(asked) == (asked, [])
