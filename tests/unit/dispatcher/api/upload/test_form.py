import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from whisperfarm_contract.problems import ClientError, InvalidOption, MissingAudio
from whisperfarm_dispatcher.api.upload.form import ANY_FILE, Form
from whisperfarm_dispatcher.api.upload.form_fields import MAX_FIELD_BYTES, MAX_FIELDS, FormFields
from whisperfarm_dispatcher.api.upload.multipart import parse_events

BOUNDARY = b"------------------------d74496d66958873e"
AUDIO = bytes(range(256)) * 40 + b"\r\n--" + BOUNDARY[:-1] + b"\r\n"


def part(name: str, data: bytes, *, filename: str | None = None) -> bytes:
    named = "" if filename is None else f'; filename="{filename}"'
    head = f'Content-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return b"--" + BOUNDARY + b"\r\n" + head.encode() + data + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--" + BOUNDARY + b"--\r\n"


AUDIO_FIELD = part("file", AUDIO, filename="call.wav")


def read(body: bytes, *, chunk_bytes: int = 1000, **extra_fields: Callable[[str], Any]) -> "Read":
    return asyncio.run(Read.of(body, FormFields(extra_fields), chunk_bytes))


class Read:
    """Fields and file that were read from a form."""

    def __init__(self, filename: str, audio: bytes, fields: FormFields) -> None:
        self.filename, self.audio, self.fields = filename, audio, fields

    @classmethod
    async def of(cls, body: bytes, fields: FormFields, chunk_bytes: int) -> "Read":
        async def arriving() -> AsyncIterator[bytes]:
            for at in range(0, len(body), chunk_bytes):
                yield body[at : at + chunk_bytes]

        reading = Form(parse_events(arriving(), BOUNDARY), fields)
        filename = await reading.filename()
        return cls(filename, b"".join([data async for data in reading.audio()]), fields)


@pytest.mark.parametrize("chunk_bytes", [1, 7, 1000, 1 << 20])
def test_file_is_unchanged_for_any_chunking(chunk_bytes: int) -> None:
    whole = read(form(part("language", b"en"), AUDIO_FIELD), chunk_bytes=chunk_bytes)
    assert (whole.filename, whole.audio) == ("call.wav", AUDIO)
    assert whole.fields.options == {"language": "en"}


def test_fields_are_read_before_and_after_the_file() -> None:
    whole = read(form(part("language", b"en"), AUDIO_FIELD, part("model", b"demo")))
    assert whole.fields.options == {"language": "en", "model": "demo"}
    assert whole.audio == AUDIO


def test_file_part_needs_no_filename() -> None:
    assert read(form(part("file", AUDIO))).filename == ""


def test_field_names_and_values_are_utf8() -> None:
    whole = read(
        form(part("hotwords", "Zürich".encode()), part("file", AUDIO, filename="größe.wav"))
    )
    assert whole.fields.options == {"hotwords": "Zürich"}
    assert whole.filename == "größe.wav"


def test_extra_fields_are_read_and_kept_apart() -> None:
    whole = read(form(part("wait", b"2.5"), part("model", b"demo"), AUDIO_FIELD), wait=float)
    assert (whole.fields.extra_fields, whole.fields.options) == ({"wait": 2.5}, {"model": "demo"})


def test_translated_field_becomes_the_options_of_its_translator() -> None:
    fields = FormFields({}, translators={"prompt": lambda text: {"initial_prompt": text}})
    whole = asyncio.run(Read.of(form(part("prompt", b"a call"), AUDIO_FIELD), fields, 1000))
    assert whole.fields.options == {"initial_prompt": "a call"}


def test_option_by_two_names_is_rejected() -> None:
    fields = FormFields({}, translators={"prompt": lambda text: {"initial_prompt": text}})
    fields.add("initial_prompt", "a call")
    with pytest.raises(ClientError, match="prompt: the option 'initial_prompt' is given twice"):
        fields.add("prompt", "a call")


def test_repeatable_field_is_a_list() -> None:
    fields = FormFields({"include[]": str}, repeatable=frozenset({"include[]"}))
    fields.add("include[]", "word")
    fields.add("include[]", "segment")
    assert fields.extra_fields == {"include[]": ["word", "segment"]}


@pytest.mark.parametrize(
    ("audio_parts", "name"), [(frozenset({"audio", "audio_file"}), "audio_file"), (ANY_FILE, "x")]
)
def test_audio_may_be_in_parts_with_other_names(audio_parts: frozenset[str], name: str) -> None:
    async def filename() -> str:
        async def whole() -> AsyncIterator[bytes]:
            yield form(part(name, AUDIO, filename="call.wav"))

        events = parse_events(whole(), BOUNDARY)
        return await Form(events, FormFields({}), audio_parts=audio_parts).filename()

    assert asyncio.run(filename()) == "call.wav"


def test_empty_extra_field_is_not_given() -> None:
    assert read(form(part("wait", b""), AUDIO_FIELD), wait=float).fields.extra_fields == {
        "wait": None
    }


def test_invalid_extra_field_is_rejected_before_the_file() -> None:
    def refuse(_: str) -> None:
        raise InvalidOption("wait: no")

    with pytest.raises(InvalidOption, match="wait"):
        asyncio.run(
            only_the_name(form(part("wait", b"long"), AUDIO_FIELD), FormFields({"wait": refuse}))
        )


async def only_the_name(body: bytes, fields: FormFields) -> str:
    async def arriving() -> AsyncIterator[bytes]:
        yield body

    return await Form(parse_events(arriving(), BOUNDARY), fields).filename()


def test_form_without_a_file_is_rejected() -> None:
    with pytest.raises(MissingAudio, match="'file'"):
        read(form(part("language", b"en")))


def test_second_file_is_rejected() -> None:
    with pytest.raises(ClientError, match="more than one part"):
        read(form(AUDIO_FIELD, part("model", b"demo"), AUDIO_FIELD))


def test_file_in_another_part_is_rejected_with_a_hint() -> None:
    with pytest.raises(ClientError, match=r"'audio' has a file; .* 'file'"):
        read(form(part("audio", AUDIO, filename="call.wav")))


def test_duplicate_field_is_rejected() -> None:
    with pytest.raises(ClientError, match=r"language: .*twice"):
        read(form(part("language", b"en"), AUDIO_FIELD, part("language", b"de")))


def test_number_and_length_of_fields_are_limited() -> None:
    many = [part(f"field{number}", b"x") for number in range(MAX_FIELDS + 1)]
    with pytest.raises(ClientError, match=f"more than {MAX_FIELDS} fields"):
        read(form(*many, AUDIO_FIELD))
    with pytest.raises(ClientError, match=f"longer than {MAX_FIELD_BYTES} bytes"):
        read(form(part("initial_prompt", b"x" * (MAX_FIELD_BYTES + 1)), AUDIO_FIELD))


@pytest.mark.parametrize(
    "body",
    [
        form(AUDIO_FIELD)[: -len(BOUNDARY) - 20],
        part("language", b"en"),
        b"",
        b"no form at all",
        part("language", b"\xff\xfe") + form(AUDIO_FIELD),
        b"--" + BOUNDARY + b"\r\nContent-Disposition: form-data\r\n\r\nx\r\n" + form(AUDIO_FIELD),
    ],
)
def test_incomplete_form_is_rejected(body: bytes) -> None:
    with pytest.raises(ClientError):
        read(body)


def test_too_long_boundary_is_rejected() -> None:
    async def run() -> None:
        async for _ in parse_events(Fixed(), b"x" * 1000):
            pass

    with pytest.raises(ClientError, match=r"[Bb]oundary"):
        asyncio.run(run())


class Fixed:
    """A body of one chunk."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield form(AUDIO_FIELD)
