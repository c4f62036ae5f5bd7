"""Reads a short text body."""

from collections.abc import AsyncIterator

from whisperfarm_contract.problems import ClientError


async def read_text(body: AsyncIterator[bytes], *, max_bytes: int) -> str:
    """Return the body, which is text in UTF-8. Raises `ClientError` if it is not, or longer."""
    content = bytearray()
    async for chunk in body:
        content += chunk
        if len(content) > max_bytes:
            raise ClientError(f"the body is longer than {max_bytes} bytes; shorten it")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ClientError("the body is not text in UTF-8") from None
