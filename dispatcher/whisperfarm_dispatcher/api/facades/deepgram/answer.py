"""The answer of `/v1/listen`, made of a job and its transcript."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from whisperfarm_contract.job import Job, to_rfc3339
from whisperfarm_contract.transcript import Transcript
from whisperfarm_dispatcher.api.facades.deepgram import speech
from whisperfarm_dispatcher.api.facades.deepgram.answer_parts import AnswerParts
from whisperfarm_dispatcher.api.facades.deepgram.paragraphs import paragraphs
from whisperfarm_dispatcher.api.facades.deepgram.speech import Piece
from whisperfarm_dispatcher.api.facades.deepgram.utterances import utterances

Sentences = Sequence[Sequence[Piece]]


def document(job: Job, transcript: Transcript, parts: AnswerParts) -> dict[str, Any]:
    """Return the answer. `request_id` is the job's id."""
    sentences = speech.sentences(transcript, by_channel=parts.channels)
    channels = _by_channel(sentences, _count_channels(sentences, transcript, parts))
    return {
        "request_id": job.id,  # SIPREC reads it here
        "metadata": _metadata(job, transcript, parts, channels=len(channels)),
        "results": {
            "channels": [_channel(one, transcript, parts) for one in channels],
            **_utterances(job, channels, parts),
        },
    }


def _count_channels(sentences: Sentences, transcript: Transcript, parts: AnswerParts) -> int:
    """Return the number of channels that the answer has, including silent ones."""
    if not parts.channels:
        return 1
    spoken = max((piece.channel + 1 for piece in chain(*sentences)), default=1)
    return max(spoken, int(transcript.provenance.get("channels", 1)))


def _by_channel(sentences: Sentences, count: int) -> Sequence[Sentences]:
    return [[one for one in sentences if one[0].channel == number] for number in range(count)]


def _metadata(
    job: Job, transcript: Transcript, parts: AnswerParts, *, channels: int
) -> dict[str, Any]:
    return {
        "transaction_key": "deprecated",
        "request_id": job.id,
        "sha256": job.audio.sha256,
        "created": to_rfc3339(job.created_at),
        "duration": transcript.duration,
        "channels": channels,
        "models": [transcript.model],
        "model_info": {transcript.model: _model_info(transcript)},
        "warnings": list(transcript.warnings),
        **(_language(transcript, "language") if parts.language else {}),
        **({"tags": list(parts.tags)} if parts.tags else {}),
        **({"extra": dict(parts.extra)} if parts.extra else {}),
    }


def _model_info(transcript: Transcript) -> dict[str, str]:
    speech_model = str(transcript.provenance.get("asr", ""))
    return {"name": transcript.model, "version": speech_model, "arch": "whisper"}


def _language(transcript: Transcript, name: str) -> dict[str, Any]:
    probability = transcript.language_probability
    return {
        name: transcript.language,
        **({} if probability is None else {"language_confidence": probability}),
    }


def _channel(sentences: Sentences, transcript: Transcript, parts: AnswerParts) -> dict[str, Any]:
    pieces = _flat(sentences)
    alternative = {
        "transcript": speech.text(pieces, punctuation=parts.punctuation),
        "confidence": speech.confidence(pieces),
        "words": speech.words(pieces, punctuation=parts.punctuation),
        **({"paragraphs": paragraphs(sentences)} if parts.paragraphs else {}),
    }
    detected = _language(transcript, "detected_language") if parts.language else {}
    return {"alternatives": [alternative], **detected}


def _utterances(job: Job, channels: Iterable[Sentences], parts: AnswerParts) -> dict[str, Any]:
    if parts.utt_split_s is None:
        return {}
    found = utterances(
        [_flat(sentences) for sentences in channels],
        split_s=parts.utt_split_s,
        punctuation=parts.punctuation,
        job_id=job.id,
    )
    return {"utterances": found}


def _flat(sentences: Sentences) -> Sequence[Piece]:
    return tuple(chain(*sentences))
