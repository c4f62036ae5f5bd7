"""Renders the templates. All text is escaped, and each page may load the farm's own files only."""

from functools import cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
        " media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def render(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page. Links are relative, so that the farm may lie below a path of a proxy."""
    caller = getattr(request.state, "caller", None)
    page = _environment().get_template(template)
    content = page.render(
        root=root_of(request),
        may=frozenset() if caller is None else caller.permissions,
        signs_in=request.app.state.authenticator is not None,
        **values,
    )
    return HTMLResponse(content, status, headers=HEADERS)


def root_of(request: Request) -> str:
    """Return the relative address of the farm's `/`, as the path of this request sees it."""
    return "../" * (request.url.path.count("/") - 1) or "./"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("whisperfarm_dispatcher.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
