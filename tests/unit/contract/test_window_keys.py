"""Keys of windows are texts that can be read again."""

import pytest

from whisperfarm_contract.window_keys import WindowKey


def test_key_is_channel_samples_and_language() -> None:
    key = WindowKey.of(0.5, 2.0, 1, "en")
    assert str(key) == "1:8000:32000:en"
    assert WindowKey.parse(str(key)) == key


@pytest.mark.parametrize("text", ["", "a", "1:2:3", "1:-2:3:en", "1:2:3:en:4", "1:2:3:e n"])
def test_text_that_is_not_a_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not the key"):
        WindowKey.parse(text)
