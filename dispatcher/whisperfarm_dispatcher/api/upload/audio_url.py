"""Recordings that the farm downloads, from the addresses in the field `audio_url`."""

from collections.abc import AsyncIterator, Sequence
from contextlib import nullcontext
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from whisperfarm_contract import legs
from whisperfarm_contract.problems import ClientError
from whisperfarm_dispatcher.api.upload.form_fields import FormFields
from whisperfarm_dispatcher.egress.networks import Networks
from whisperfarm_dispatcher.egress.targets import read_target

FIELD = "audio_url"


def read_urls(fields: FormFields) -> list[str]:
    """Return the addresses that the request has so far, in their order."""
    return [url for url in fields.extra_fields.get(FIELD, ()) if url]


def check(urls: Sequence[str], allowed: Networks) -> None:
    """Raise `ForbiddenAddress` with the label of the leg before any address is opened."""
    for number, url in enumerate(urls):
        with legs.naming(legs.label(number)) if len(urls) > 1 else nullcontext():
            read_target(url, allowed)


def file_name(url: str) -> str:
    """Return the last part of the path of the address. Raises `ClientError` for anything else."""
    try:
        return PurePosixPath(unquote(urlsplit(url).path)).name
    except ValueError as error:
        raise ClientError(f"{FIELD}: {error}") from None


async def require_no_audio(audio: AsyncIterator[bytes]) -> None:
    """Raise `ClientError` if the request has a recording besides the address."""
    async for data in audio:
        if data:
            raise ClientError(f"{FIELD}: the request has a recording as well; send one of the two")


async def without_url(audio: AsyncIterator[bytes], fields: FormFields) -> AsyncIterator[bytes]:
    """Yield the recording. Raises `ClientError` if an address follows it in the form."""
    async for data in audio:
        yield data
    if read_urls(fields):
        raise ClientError(f"{FIELD}: the request has a recording as well; send one of the two")
