"""The sample recordings: a support call with its reference transcript."""

import json
from pathlib import Path

import numpy as np
from scipy.signal import resample_poly

from training import wav
from training.dialogues import Turn, turn_of
from training.espeak import SAMPLE_RATE_HZ, Synthesizer, Utterance
from training.voices import Speaker

AGENT, CUSTOMER = "agent", "customer"

SPEAKERS: dict[str, Speaker] = {
    AGENT: Speaker("en-gb+f2", 155, 55),
    CUSTOMER: Speaker("en-us+m3", 150, 45),
}

SCRIPT: tuple[tuple[str, str], ...] = (
    (AGENT, "hello thank you for calling customer support how can i help you today"),
    (CUSTOMER, "hello i am calling about a problem with my internet line"),
    (AGENT, "i am sorry about the problem what is your account number please"),
    (CUSTOMER, "yes my account number is four two seven one nine"),
    (AGENT, "thank you please hold the line for a moment"),
    (CUSTOMER, "yes i will hold the line"),
    (AGENT, "the line to your street is broken it will work tomorrow morning"),
    (CUSTOMER, "thank you for your help goodbye"),
)

_FIRST_S, _PAUSE_S, _LAST_S = 0.4, 0.6, 0.5


def write(folder: Path) -> None:
    """Generate the call and write all variants of it with the reference."""
    turns, channels = spoken()
    mono = np.clip(sum(channels.values()), -32_768, 32_767).astype(np.int16)
    stereo = np.stack(list(channels.values()), axis=1).astype(np.int16)
    telephone = np.round(resample_poly(mono.astype(np.float64), 1, 2))
    telephone = np.clip(telephone, -32_768, 32_767).astype(np.int16)
    folder.mkdir(parents=True, exist_ok=True)
    wav.write_pcm(folder / "support-call.wav", mono, rate_hz=SAMPLE_RATE_HZ)
    wav.write_pcm(folder / "support-call-stereo.wav", stereo, rate_hz=SAMPLE_RATE_HZ)
    wav.write_mu_law(folder / "support-call-8k-mulaw.wav", telephone, rate_hz=8_000)
    (folder / "support-call.json").write_text(json.dumps(reference(turns, mono), indent=2) + "\n")


def spoken() -> tuple[list[tuple[str, Turn]], dict[str, np.ndarray]]:
    """The turns in order, and each speaker's own channel as int32 samples at 16 kHz."""
    synthesizer = Synthesizer()
    start_s = _FIRST_S
    placed: list[tuple[str, float, Utterance]] = []
    for name, text in SCRIPT:
        utterance = synthesizer.say(text, SPEAKERS[name])
        placed.append((name, start_s, utterance))
        start_s += len(utterance.samples) / SAMPLE_RATE_HZ + _PAUSE_S
    length = int((start_s - _PAUSE_S + _LAST_S) * SAMPLE_RATE_HZ)
    channels = {name: np.zeros(length, np.int32) for name in SPEAKERS}
    for name, at_s, utterance in placed:
        first = int(at_s * SAMPLE_RATE_HZ)
        channels[name][first : first + len(utterance.samples)] += utterance.samples
    names = list(SPEAKERS)
    return [(name, turn_of(names.index(name), s, u)) for name, s, u in placed], channels


def reference(turns: list[tuple[str, Turn]], mono: np.ndarray) -> dict[str, object]:
    """Return the reference transcript; times in seconds."""
    return {
        "duration": round(len(mono) / SAMPLE_RATE_HZ, 3),
        "language": "en",
        "text": " ".join(text for _, text in SCRIPT),
        "channels": list(SPEAKERS),
        "turns": [
            {
                "speaker": name,
                "start": round(turn.start_s, 3),
                "end": round(turn.end_s, 3),
                "text": " ".join(word.text for word in turn.words),
                "words": [
                    {"word": w.text, "start": round(w.start_s, 3), "end": round(w.end_s, 3)}
                    for w in turn.words
                ],
            }
            for name, turn in turns
        ],
    }
