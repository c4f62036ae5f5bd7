"""Settings that know nothing of the machine that the tests run on."""

import os

import pytest


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("WHISPERFARM_", "WHISPERX_")):
            monkeypatch.delenv(name)
