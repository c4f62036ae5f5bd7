"""A job of three hours that has succeeded: the sample support call again and again.

The words have their times in the recording, so that the word that is shown is the one that is
spoken. The recording is 86 MB: 8 bits at 8 kHz.
"""

import json
import wave
from array import array
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

from tests.support.jobs import new_job
from tests.support.recordings import SUPPORT_CALL
from whisperfarm_contract.identifiers import DEFAULT_TENANT, peaks_key, result_key
from whisperfarm_contract.peaks import MAX_PEAKS, Peaks
from whisperfarm_contract.transcript import Coverage, Segment, Transcript, Word
from whisperfarm_dispatcher.dependencies import Dependencies

LENGTH_S = 3 * 3600.0
RATE_HZ = 8000
_TRUTH = json.loads(SUPPORT_CALL.with_suffix(".json").read_text())


def store_long_call(deps: Dependencies) -> str:
    """Store the recording, its transcript and its peaks. Returns the job's id."""
    new = new_job("long-call", tenant=DEFAULT_TENANT)
    audio = replace(new.audio, filename="hearing.wav", duration_s=LENGTH_S)
    job = deps.ledger.jobs.insert(replace(new, audio=audio))
    deps.blobs.put(audio.key, _recording())
    deps.ledger.attempts.claim(job.id, worker="bench", lease_s=60)
    key = result_key(job.tenant, job.id, 1)
    deps.blobs.put(key, json.dumps(_transcript().to_wire()).encode())
    pairs = tuple(
        (-20_000 + 7 * part % 9_000, 6_000 + 11 * part % 20_000) for part in range(MAX_PEAKS)
    )
    deps.blobs.put(peaks_key(key), Peaks(LENGTH_S, pairs).to_bytes())
    deps.ledger.attempts.succeed(job.id, attempt=1, result_key=key, audio_s=LENGTH_S)
    return job.id


def _transcript() -> Transcript:
    segments = tuple(_segments())
    return Transcript(
        language="en", model="demo", segments=segments, coverage=Coverage(audio_s=LENGTH_S)
    )


def _segments() -> Iterator[Segment]:
    for call in range(int(LENGTH_S / _TRUTH["duration"])):
        for turn in _TRUTH["turns"]:
            words = tuple(_word(one, call * _TRUTH["duration"]) for one in turn["words"])
            yield Segment(
                start=words[0].start, end=words[-1].end, text=turn["text"],
                words=words, speaker=turn["speaker"],
            )  # fmt: skip


def _word(word: dict[str, Any], shift_s: float) -> Word:
    start, end = (round(word[name] + shift_s, 3) for name in ("start", "end"))
    return Word(text=word["word"], start=start, end=end, score=0.4 if word["word"] == "i" else 0.9)


def _recording() -> bytes:
    with wave.open(str(SUPPORT_CALL)) as sample:
        samples = array("h", sample.readframes(round(_TRUTH["duration"] * sample.getframerate())))
    call = bytes((one >> 8) + 128 for one in samples[::2])
    file = BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 1, RATE_HZ, 0, "NONE", ""))
        writer.writeframes(
            (call * (int(LENGTH_S / _TRUTH["duration"]) + 1))[: round(LENGTH_S * RATE_HZ)]
        )
    return file.getvalue()
