"""The scripts and the style sheet, read once."""

from functools import cache
from importlib.resources import files

from fastapi import Response
from starlette.exceptions import HTTPException

from whisperfarm_dispatcher.page.rendering import HEADERS

_MEDIA_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


def file_response(name: str) -> Response:
    """Return a file of the page. A browser asks again each time, and gets a few kilobytes."""
    content = _files().get(name)
    if content is None:
        raise HTTPException(404)
    media_type = _MEDIA_TYPES[name.rpartition(".")[2]]
    return Response(content, media_type=media_type, headers=HEADERS)


@cache
def _files() -> dict[str, bytes]:
    folder = files("whisperfarm_dispatcher.page").joinpath("static")
    return {one.name: one.read_bytes() for one in folder.iterdir()}
