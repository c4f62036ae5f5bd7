"""A recording that the farm downloads, from the address in the field `audio_url`."""

from collections.abc import AsyncIterator
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from whisperfarm_contract.problems import ClientError
from whisperfarm_dispatcher.api.upload.form_fields import FormFields

FIELD = "audio_url"


def read_url(fields: FormFields) -> str | None:
    """Return the address, or `None` if the request has none so far."""
    url: str | None = fields.extra_fields.get(FIELD)
    return url


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
    if read_url(fields) is not None:
        raise ClientError(f"{FIELD}: the request has a recording as well; send one of the two")
