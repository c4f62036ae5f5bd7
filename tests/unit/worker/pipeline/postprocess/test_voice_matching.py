"""Speakers get the names of enrolled voices, one each."""

import math

from whisperfarm_contract.voices import EnrolledVoice, Voice
from whisperfarm_worker.pipeline.postprocess.voice_matching import match_voices


def _at(degrees: float) -> tuple[float, ...]:
    return math.cos(math.radians(degrees)), math.sin(math.radians(degrees))


def _voice(speaker: str, degrees: float) -> Voice:
    return Voice(speaker=speaker, model="m", speech_s=9.0, embedding=_at(degrees))


def _enrolled(name: str, degrees: float, model: str = "m") -> EnrolledVoice:
    return EnrolledVoice(id=f"{name}{degrees}", name=name, model=model, embedding=_at(degrees))


def _names(voices: list[Voice], enrolled: list[EnrolledVoice]) -> dict[str, str]:
    found = match_voices(voices, enrolled, threshold=0.8)
    return {speaker: match.enrolled.name for speaker, match in found.items()}


def test_unknown_voice_stays_unnamed() -> None:
    voices = [_voice("a", 0), _voice("b", 90)]
    assert _names(voices, [_enrolled("Anna", 10)]) == {"a": "Anna"}


def test_name_goes_to_the_nearest_speaker_alone() -> None:
    voices = [_voice("a", 20), _voice("b", 5)]
    assert _names(voices, [_enrolled("Anna", 0), _enrolled("Anna", 21)]) == {"a": "Anna"}


def test_two_names_never_name_one_speaker() -> None:
    assert _names([_voice("a", 0)], [_enrolled("Anna", 4), _enrolled("Ben", 2)]) == {"a": "Ben"}


def test_voice_of_another_model_is_not_compared() -> None:
    assert _names([_voice("a", 0)], [_enrolled("Anna", 0, model="other")]) == {}
