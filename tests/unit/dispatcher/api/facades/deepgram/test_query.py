"""Parameters of Deepgram become options of the job and parts of the answer."""

from typing import Any
from urllib.parse import parse_qsl

import pytest

from whisperfarm_contract import job_policy, options
from whisperfarm_contract.presets import PRESETS
from whisperfarm_contract.problems import ClientError, InvalidOption
from whisperfarm_dispatcher.api.facades.deepgram import query
from whisperfarm_dispatcher.api.facades.deepgram.answer_parts import AnswerParts
from whisperfarm_dispatcher.api.facades.deepgram.query import ListenRequest
from whisperfarm_dispatcher.api.facades.deepgram.unsupported import REFUSED
from whisperfarm_dispatcher.api.facades.models import read_aliases
from whisperfarm_store.redaction.kinds import KINDS, personal
from whisperfarm_store.redaction.pattern import Pattern

SERVED = {name: PRESETS[name] for name in ("demo", "small")}
ALIASES = read_aliases(("nova*",))

SIPREC = (
    "channels=1&detect_language=true&diarize=false&encoding=mulaw"
    "&language=en-US,es-ES,pt-BR&language_confidence=0.70&model=nova-2&numerals=true"
    "&profanity_filter=false&punctuate=true&sample_rate=8000&smart_format=true"
)
"""What SIPREC 1.2 sends by default, with three of its twelve languages."""


def read(text: str) -> ListenRequest:
    return query.read(parse_qsl(text, keep_blank_values=True), SERVED, ALIASES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("model=nova-3-medical", {}),
        ("model=small&tier=enhanced&version=latest", {"model": "small"}),
        ("language=en-GB", {"language": "en"}),
        ("language=multi", {"language": "auto"}),
        ("language=en,es-419", {"languages": "en,es"}),
        ("language=&detect_language=true", {}),
        ("detect_language=en&detect_language=de", {"languages": "en,de"}),
        ("detect_language=false&language=de", {"language": "de"}),
        ("encoding=linear16&sample_rate=16000", {"encoding": "s16le", "sample_rate": "16000"}),
        ("encoding=MULAW&sample_rate=8000", {"encoding": "mulaw", "sample_rate": "8000"}),
        ("encoding=g722", {"encoding": "g722"}),
        ("encoding=opus&sample_rate=48000", {}),
        ("sample_rate=8000", {"sample_rate": "8000"}),
        ("multichannel=true&channels=2", {"channels": "speakers"}),
        ("multichannel=false", {}),
        ("channels=speakers", {"channels": "speakers"}),
        ("diarize=false", {"diarize": "false"}),
        ("diarize_model=v2", {"diarize": "true"}),
        ("numerals=true", {}),
        ("numerals=false", {"suppress_numerals": "true"}),
        ("numerals=false&smart_format=true", {}),
        ("callback=https://a.example/b&callback_method=POST", {"callback_url": "https://a.example/b"}),
        ("redact=&search=false&dictation=FALSE", {}),
        ("beam_size=3&deadline_s=60", {"beam_size": "3", "deadline_s": "60"}),
    ],
)  # fmt: skip
def test_parameters_become_options(text: str, expected: dict[str, str]) -> None:
    assert read(text).options == expected
    known = options.FIELD_TYPES.keys() | job_policy.FIELD_TYPES.keys()
    assert expected.keys() <= known


@pytest.mark.parametrize(
    ("text", "hotwords"),
    [
        ("keywords=SIPREC:2&keywords=DTMF", "SIPREC, DTMF"),
        ("keywords=SIPREC:1.5,,DTMF:0", "SIPREC, DTMF"),
        ("keywords=10:30", "10"),
        ("keywords=ratio:x", "ratio:x"),
        ("keyterm=account number&keyterm=a:b,c", "account number, a:b,c"),
    ],
)
def test_keywords_become_hotwords(text: str, hotwords: str) -> None:
    assert read(text).options == {"hotwords": hotwords}


def test_request_of_siprec_is_read() -> None:
    request = read(SIPREC)
    assert request.options == {
        "languages": "en,es,pt",
        "encoding": "mulaw",
        "sample_rate": "8000",
        "diarize": "false",
    }
    assert (request.raw_channels, request.parts) == (1, AnswerParts(language=True))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", {}),
        ("punctuate=false", {"punctuation": False}),
        ("punctuate=false&smart_format=true", {}),
        ("punctuate=false&paragraphs=true", {"paragraphs": True}),
        ("utterances=true", {"utt_split_s": 0.8}),
        ("utterances=true&utt_split=1.5", {"utt_split_s": 1.5}),
        ("utt_split=1.5", {}),
        ("detect_language=de", {"language": True}),
        ("multichannel=true", {"channels": True}),
        ("tag=a&tag=b&extra=k:v:w", {"tags": ("a", "b"), "extra": {"k": "v:w"}}),
    ],
)
def test_parameters_decide_what_the_answer_contains(text: str, parts: dict[str, Any]) -> None:
    assert read(text).parts == AnswerParts(**parts)


@pytest.mark.parametrize("name", REFUSED)
def test_parameter_that_the_farm_cannot_follow_is_refused(name: str) -> None:
    with pytest.raises(InvalidOption, match=f"^{name}: this farm"):
        read(f"{name}=true")


@pytest.mark.parametrize(
    "text",
    [
        "punctuate=maybe",
        "utt_split=-1",
        "channels=0",
        "sample_rate=100000000000",
        "encoding=g729",
        "diarize_model=v9",
        "callback_method=put",
        "language_confidence=high",
        "extra=no-colon",
        "diarize=true&multichannel=true",
        "keywords=word:-2",
        f"tier={'x' * 201}",
        f"keyterm={'x' * 201}",
    ],
)
def test_invalid_parameter_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidOption, match=f"^{text.partition('=')[0]}: "):
        read(text)


@pytest.mark.parametrize(
    "text", ["model=demo&model=small", "keyterm=a&hotwords=b", "language=en,de&languages=fr"]
)
def test_option_that_is_given_twice_is_refused(text: str) -> None:
    with pytest.raises(ClientError, match="given twice"):
        read(text)


def test_kinds_to_redact_have_the_names_of_deepgram_or_of_the_operator() -> None:
    known = {"staff": Pattern("staff", "EMP"), "pci": Pattern("pci", "EMP"), **KINDS}

    def kinds(text: str) -> list[str]:
        pairs = parse_qsl(text)
        return list(query.read(pairs, SERVED, ALIASES, known).parts.redacted_kinds)

    assert kinds("redact=ssn&redact=Staff") == ["staff", "national-id"]
    assert kinds("redact=pci") == ["pci", "card"]
    assert kinds("redact=pii") == list(personal(known))
    assert kinds("redact=false") == []
    with pytest.raises(InvalidOption, match="phone_number, staff, pci, or omit it"):
        kinds("redact=card")
