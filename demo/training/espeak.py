"""espeak-ng through ctypes: speech with the exact times of every word."""

import ctypes
from dataclasses import dataclass
from math import gcd

import espeakng_loader
import numpy as np
import numpy.typing as npt
from scipy.signal import resample_poly

from training.voices import Speaker

SAMPLE_RATE_HZ = 16_000

# Constants of espeak-ng's speak_lib.h.
_SYNCHRONOUS = 2
_POSITION_IS_CHARACTER = 1
_UTF8 = 1
_RATE, _PITCH = 1, 3
_LIST_TERMINATED, _WORD = 0, 1

_FILE_NAMES = {"en-gb": "en"}
"""Voices that the command line finds by language and the library only by another name."""


class _Identity(ctypes.Union):
    _fields_ = [
        ("number", ctypes.c_int),
        ("name", ctypes.c_char_p),
        ("string", ctypes.c_char * 8),
    ]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Identity),
    ]


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


@dataclass(frozen=True)
class SpokenWord:
    """A word with its times in seconds from the first sample of the utterance."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Utterance:
    """One phrase as spoken: mono int16 samples at 16 kHz, silence trimmed at both ends."""

    samples: npt.NDArray[np.int16]
    words: tuple[SpokenWord, ...]


class Synthesizer:
    """The espeak-ng library; one per process, for it keeps its state in globals."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = str(espeakng_loader.get_data_path()).encode()
        self._rate_hz: int = self._library.espeak_Initialize(_SYNCHRONOUS, 0, data, 0)
        # The breath of the voices is noise that the library seeds by the clock.
        self._library.espeak_ng_SetRandSeed(ctypes.c_long(1))
        self._samples: list[npt.NDArray[np.int16]] = []
        self._events: list[tuple[int, int]] = []
        self._callback = _Callback(self._collect)
        self._library.espeak_SetSynthCallback(self._callback)

    def say(self, text: str, speaker: Speaker) -> Utterance:
        """Speak `text`, words parted by single spaces."""
        self._samples.clear()
        self._events.clear()
        self._set(speaker)
        encoded = text.encode()
        self._library.espeak_Synth(
            encoded, len(encoded) + 1, 0, _POSITION_IS_CHARACTER, 0, _UTF8, None, None
        )
        audio = resampled(np.concatenate(self._samples), self._rate_hz)
        return _trimmed(audio, _timed(text, self._events, len(audio) / SAMPLE_RATE_HZ))

    def _set(self, speaker: Speaker) -> None:
        accent, plus, variant = speaker.voice.partition("+")
        name = _FILE_NAMES.get(accent, accent) + plus + variant
        if self._library.espeak_SetVoiceByName(name.encode()) != 0:
            raise ValueError(f"espeak-ng has no voice {speaker.voice}")
        self._library.espeak_SetParameter(_RATE, speaker.speed_wpm, 0)
        self._library.espeak_SetParameter(_PITCH, speaker.pitch, 0)

    def _collect(self, wave: "ctypes._Pointer[ctypes.c_short]", count: int,
                 events: "ctypes._Pointer[_Event]") -> int:  # fmt: skip
        if wave and count > 0:
            self._samples.append(np.ctypeslib.as_array(wave, (count,)).astype(np.int16))
        index = 0
        while events[index].type != _LIST_TERMINATED:
            if events[index].type == _WORD:
                self._events.append((events[index].text_position, events[index].audio_position))
            index += 1
        return 0


def resampled(samples: npt.NDArray[np.int16], rate_hz: int) -> npt.NDArray[np.int16]:
    """The samples at 16 kHz."""
    divisor = gcd(rate_hz, SAMPLE_RATE_HZ)
    audio = resample_poly(samples.astype(np.float32), SAMPLE_RATE_HZ // divisor, rate_hz // divisor)
    return np.clip(np.round(audio), -32768, 32767).astype(np.int16)


def _timed(text: str, events: list[tuple[int, int]], end_s: float) -> list[SpokenWord]:
    """Return words from `(1-based character, milliseconds)` events.

    espeak-ng speaks a few pairs such as "on the" as one word and reports only the first. Their
    span is divided by the number of letters.
    """
    starts = {position - 1: ms / 1000 for position, ms in events}
    words: list[SpokenWord] = []
    groups = _groups(text, set(starts))
    for number, group in enumerate(groups):
        start = starts.get(group[0][0], 0.0)
        end = starts[groups[number + 1][0][0]] if number + 1 < len(groups) else end_s
        letters = sum(len(word) for _, word in group)
        for _, word in group:
            share = (end - start) * len(word) / letters
            words.append(SpokenWord(word, start, start + share))
            start, letters = start + share, letters - len(word)
    return words


def _groups(text: str, reported: set[int]) -> list[list[tuple[int, str]]]:
    """Words with their character offsets, those without an event joined to the one before."""
    groups: list[list[tuple[int, str]]] = []
    offset = 0
    for word in text.split(" "):
        if offset in reported or not groups:
            groups.append([])
        groups[-1].append((offset, word))
        offset += len(word) + 1
    return groups


def _trimmed(audio: npt.NDArray[np.int16], words: list[SpokenWord]) -> Utterance:
    """Cut silence at both ends; the first word starts and the last ends with the sound."""
    loud = np.flatnonzero(np.abs(audio.astype(np.int32)) > 150)
    first, last = int(loud[0]), int(loud[-1]) + 1
    shift_s, duration_s = first / SAMPLE_RATE_HZ, (last - first) / SAMPLE_RATE_HZ
    moved = tuple(
        SpokenWord(
            word.text,
            min(max(word.start_s - shift_s, 0.0), duration_s),
            min(max(word.end_s - shift_s, 0.0), duration_s),
        )
        for word in words
    )
    return Utterance(audio[first:last].copy(), moved)
