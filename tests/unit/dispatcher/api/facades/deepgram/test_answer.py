"""Transcripts as Deepgram writes them."""

from dataclasses import replace
from typing import Any

import pytest

from whisperfarm_contract.examples import JOB
from whisperfarm_contract.transcript import Coverage, Segment, Transcript, Word
from whisperfarm_dispatcher.api.facades.deepgram import answer, speech
from whisperfarm_dispatcher.api.facades.deepgram.answer_parts import AnswerParts


def segment(text: str, start: float, speaker: str | None = None, **members: Any) -> Segment:
    """Return a segment whose words take half a second each."""
    words = tuple(
        Word(text=word, start=start + n / 2, end=start + n / 2 + 0.5, score=0.5, speaker=speaker)
        for n, word in enumerate(text.split())
    )
    end = words[-1].end
    return Segment(start=start, end=end, text=text, words=words, speaker=speaker, **members)


def transcript(*segments: Segment, **members: Any) -> Transcript:
    given = {"language": "en", "coverage": Coverage(audio_s=9.0), "language_probability": 0.75}
    return Transcript(model="demo", segments=segments, **{**given, **members})


CALL = transcript(
    segment("Hello, Bob.", 1.0, "SPEAKER_01"),
    segment("I'm here!", 2.0, "SPEAKER_01"),
    segment("Good - 5% more.", 6.0, "SPEAKER_00"),
)


def document(of: Transcript = CALL, **parts: Any) -> dict[str, Any]:
    return answer.document(JOB, of, AnswerParts(**parts))


def alternative(of: Transcript = CALL, **parts: Any) -> dict[str, Any]:
    [channel] = document(of, **parts)["results"]["channels"]
    [only] = channel["alternatives"]
    return dict(only)


def test_alternative_has_transcript_confidence_and_words() -> None:
    found = alternative()
    assert found["transcript"] == "Hello, Bob. I'm here! Good - 5% more."
    assert found["confidence"] == 0.5
    assert found["words"][0] == {
        "word": "hello",
        "start": 1.0,
        "end": 1.5,
        "confidence": 0.5,
        "speaker": 0,
        "punctuated_word": "Hello,",
    }
    assert "paragraphs" not in found


def test_speakers_are_numbered_in_the_order_of_speech() -> None:
    speakers = [word["speaker"] for word in alternative()["words"]]
    assert speakers == [0, 0, 0, 0, 1, 1, 1, 1]


def test_text_without_punctuation_is_bare() -> None:
    found = alternative(punctuation=False)
    assert found["transcript"] == "hello bob i'm here good 5% more"
    assert "punctuated_word" not in found["words"][0]


@pytest.mark.parametrize(
    ("word", "expected"),
    [("Yes!", "yes"), ("(O'Neil)", "o'neil"), ("हिन्दी।", "हिन्दी"), ("...", "")],
)
def test_bare_word_has_no_punctuation_around_it(word: str, expected: str) -> None:
    assert speech.bare(word) == expected


def test_confidence_of_an_interpolated_word_is_that_of_the_model() -> None:
    word = Word(text="hm", start=0, end=1, interpolated=True)
    one = Segment(start=0, end=1, text="hm", words=(word,), avg_logprob=-0.5)
    assert alternative(transcript(one))["words"][0]["confidence"] == 0.6065


def test_silence_has_an_empty_transcript() -> None:
    assert alternative(transcript()) == {"transcript": "", "confidence": 0.0, "words": []}
    assert document(transcript(), utt_split_s=0.8)["results"]["utterances"] == []


def test_segment_without_words_has_text_alone() -> None:
    one = Segment(start=1, end=2, text=" Hello there.", avg_logprob=-0.5)
    found = document(transcript(one), utt_split_s=0.8)["results"]
    assert found["channels"][0]["alternatives"][0] == {
        "transcript": "Hello there.",
        "confidence": 0.6065,
        "words": [],
    }
    assert found["utterances"][0]["transcript"] == "Hello there."


def test_words_of_unspaced_languages_are_joined_without_spaces() -> None:
    words = tuple(Word(text=char, start=n, end=n + 1) for n, char in enumerate("你好"))
    one = Segment(start=0, end=2, text="你好", words=words)
    found = document(transcript(one, language="zh"), utt_split_s=0.8)["results"]
    assert found["utterances"][0]["transcript"] == "你好"


def test_each_channel_has_its_words_and_no_speakers() -> None:
    call = transcript(
        segment("left one", 0.0, "SPEAKER_00", channel=0),
        segment("right", 0.5, "SPEAKER_02", channel=2),
        provenance={"channels": 4},
    )
    found = document(call, channels=True, utt_split_s=0.8)
    texts = [one["alternatives"][0]["transcript"] for one in found["results"]["channels"]]
    assert (found["metadata"]["channels"], texts) == (4, ["left one", "", "right", ""])
    assert [one["channel"] for one in found["results"]["utterances"]] == [0, 2]
    assert "speaker" not in found["results"]["utterances"][0]


@pytest.mark.parametrize(
    ("split_s", "texts"),
    [
        (0.8, ["Hello, Bob. I'm here!", "Good - 5% more."]),
        (0.0, ["Hello,", "Bob.", "I'm", "here!", "Good", "-", "5%", "more."]),
    ],
)
def test_utterances_end_at_pauses(split_s: float, texts: list[str]) -> None:
    found = document(utt_split_s=split_s)["results"]["utterances"]
    assert [one["transcript"] for one in found] == texts


def test_utterances_end_where_the_speaker_changes() -> None:
    call = transcript(segment("one", 0.0, "SPEAKER_00"), segment("two", 0.5, "SPEAKER_01"))
    found = document(call, utt_split_s=5)["results"]["utterances"]
    assert [(one["transcript"], one["speaker"]) for one in found] == [("one", 0), ("two", 1)]
    assert found[0]["start"] == 0.0
    assert found[0]["id"] != found[1]["id"]


def test_paragraphs_have_sentences_of_one_speaker() -> None:
    found = alternative(paragraphs=True)["paragraphs"]
    assert found["transcript"] == (
        "\nSpeaker 0: Hello, Bob. I'm here!\n\nSpeaker 1: Good - 5% more."
    )
    assert found["paragraphs"][0] == {
        "sentences": [
            {"text": "Hello, Bob.", "start": 1.0, "end": 2.0},
            {"text": "I'm here!", "start": 2.0, "end": 3.0},
        ],
        "num_words": 4,
        "start": 1.0,
        "end": 3.0,
        "speaker": 0,
    }


def test_paragraph_ends_where_the_speaker_changes() -> None:
    call = transcript(segment("one", 0.0, "SPEAKER_00"), segment("two", 0.5, "SPEAKER_01"))
    found = alternative(call, paragraphs=True)["paragraphs"]
    assert [one["speaker"] for one in found["paragraphs"]] == [0, 1]


def test_paragraph_ends_at_a_long_pause() -> None:
    call = transcript(segment("one", 0.0), segment("two", 2.4), segment("three", 5.0))
    found = alternative(call, paragraphs=True)["paragraphs"]
    assert found["transcript"] == "\none two\n\nthree"


def test_metadata_identifies_job_recording_and_model() -> None:
    call = replace(CALL, warnings=("the file is truncated",), provenance={"asr": "demo/asr"})
    metadata = document(call, tags=("a",), extra={"k": "v"})["metadata"]
    assert metadata == {
        "transaction_key": "deprecated",
        "request_id": JOB.id,
        "sha256": JOB.audio.sha256,
        "created": "2024-11-20T16:26:40.000Z",
        "duration": 9.0,
        "channels": 1,
        "models": ["demo"],
        "model_info": {"demo": {"name": "demo", "version": "demo/asr", "arch": "whisper"}},
        "warnings": ["the file is truncated"],
        "tags": ["a"],
        "extra": {"k": "v"},
    }


def test_language_is_named_if_it_was_asked_for() -> None:
    found = document(language=True)
    [channel] = found["results"]["channels"]
    assert (channel["detected_language"], channel["language_confidence"]) == ("en", 0.75)
    assert found["metadata"]["language"] == "en"
    assert "detected_language" not in document()["results"]["channels"][0]
