import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from whisperfarm_contract.problems import AudioMissing, BadRequest, OptionWrong
from whisperfarm_dispatcher.api.upload.form import Form
from whisperfarm_dispatcher.api.upload.form_fields import MOST_FIELD_BYTES, MOST_FIELDS, Fields
from whisperfarm_dispatcher.api.upload.multipart import events

BOUNDARY = b"------------------------d74496d66958873e"
AUDIO = bytes(range(256)) * 40 + b"\r\n--" + BOUNDARY[:-1] + b"\r\n"


def part(name: str, data: bytes, *, filename: str | None = None) -> bytes:
    named = "" if filename is None else f'; filename="{filename}"'
    head = f'Content-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return b"--" + BOUNDARY + b"\r\n" + head.encode() + data + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--" + BOUNDARY + b"--\r\n"


FILE = part("file", AUDIO, filename="call.wav")


def read(body: bytes, *, chunk_bytes: int = 1000, **own: Callable[[str], Any]) -> "Read":
    return asyncio.run(Read.of(body, Fields(own), chunk_bytes))


class Read:
    """What was read of a form."""

    def __init__(self, filename: str, audio: bytes, fields: Fields) -> None:
        self.filename, self.audio, self.fields = filename, audio, fields

    @classmethod
    async def of(cls, body: bytes, fields: Fields, chunk_bytes: int) -> "Read":
        async def arriving() -> AsyncIterator[bytes]:
            for at in range(0, len(body), chunk_bytes):
                yield body[at : at + chunk_bytes]

        reading = Form(events(arriving(), BOUNDARY), fields)
        filename = await reading.filename()
        return cls(filename, b"".join([data async for data in reading.audio()]), fields)


@pytest.mark.parametrize("chunk_bytes", [1, 7, 1000, 1 << 20])
def test_a_file_comes_out_as_it_went_in_however_it_is_cut(chunk_bytes: int) -> None:
    whole = read(form(part("language", b"en"), FILE), chunk_bytes=chunk_bytes)
    assert (whole.filename, whole.audio) == ("call.wav", AUDIO)
    assert whole.fields.options == {"language": "en"}


def test_fields_may_stand_before_and_after_the_file() -> None:
    whole = read(form(part("language", b"en"), FILE, part("model", b"demo")))
    assert whole.fields.options == {"language": "en", "model": "demo"}
    assert whole.audio == AUDIO


def test_a_file_needs_no_name_of_its_own() -> None:
    assert read(form(part("file", AUDIO))).filename == ""


def test_names_and_values_are_utf8() -> None:
    whole = read(
        form(part("hotwords", "Zürich".encode()), part("file", AUDIO, filename="größe.wav"))
    )
    assert whole.fields.options == {"hotwords": "Zürich"}
    assert whole.filename == "größe.wav"


def test_fields_of_the_door_are_read_and_kept_apart() -> None:
    whole = read(form(part("wait", b"2.5"), part("model", b"demo"), FILE), wait=float)
    assert (whole.fields.own, whole.fields.options) == ({"wait": 2.5}, {"model": "demo"})


def test_an_empty_field_of_the_door_means_not_given() -> None:
    assert read(form(part("wait", b""), FILE), wait=float).fields.own == {"wait": None}


def test_a_field_of_the_door_is_refused_before_the_file_is_read() -> None:
    def refuse(_: str) -> None:
        raise OptionWrong("wait: no")

    with pytest.raises(OptionWrong, match="wait"):
        asyncio.run(only_the_name(form(part("wait", b"long"), FILE), Fields({"wait": refuse})))


async def only_the_name(body: bytes, fields: Fields) -> str:
    async def arriving() -> AsyncIterator[bytes]:
        yield body

    return await Form(events(arriving(), BOUNDARY), fields).filename()


def test_a_form_without_the_file_is_refused() -> None:
    with pytest.raises(AudioMissing, match="'file'"):
        read(form(part("language", b"en")))


def test_a_second_file_is_refused() -> None:
    with pytest.raises(BadRequest, match="two parts"):
        read(form(FILE, part("model", b"demo"), FILE))


def test_a_file_under_another_name_is_refused_with_the_right_one() -> None:
    with pytest.raises(BadRequest, match=r"'audio' has a file; .* 'file'"):
        read(form(part("audio", AUDIO, filename="call.wav")))


def test_a_field_that_is_given_twice_is_refused() -> None:
    with pytest.raises(BadRequest, match=r"language: .*twice"):
        read(form(part("language", b"en"), FILE, part("language", b"de")))


def test_fields_are_bounded_in_number_and_length() -> None:
    many = [part(f"field{number}", b"x") for number in range(MOST_FIELDS + 1)]
    with pytest.raises(BadRequest, match=f"more than {MOST_FIELDS} fields"):
        read(form(*many, FILE))
    with pytest.raises(BadRequest, match=f"longer than {MOST_FIELD_BYTES} bytes"):
        read(form(part("initial_prompt", b"x" * (MOST_FIELD_BYTES + 1)), FILE))


@pytest.mark.parametrize(
    "body",
    [
        form(FILE)[: -len(BOUNDARY) - 20],
        part("language", b"en"),
        b"",
        b"no form at all",
        part("language", b"\xff\xfe") + form(FILE),
        b"--" + BOUNDARY + b"\r\nContent-Disposition: form-data\r\n\r\nx\r\n" + form(FILE),
    ],
)
def test_what_is_no_whole_form_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequest):
        read(body)


def test_a_boundary_that_is_too_long_is_refused() -> None:
    async def run() -> None:
        async for _ in events(Fixed(), b"x" * 1000):
            pass

    with pytest.raises(BadRequest, match=r"[Bb]oundary"):
        asyncio.run(run())


class Fixed:
    """A body of one chunk."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield form(FILE)
