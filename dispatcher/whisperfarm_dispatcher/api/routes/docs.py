"""`/docs`: the explorer of the API, which is Swagger UI; and `/`, which leads a browser to the page
for people.

The files of Swagger UI are those of the package `fastapi_swagger`: nothing is loaded from another
host. The pages have no inline script, so that the policy of their content allows none.
"""

from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.resources import files
from types import MappingProxyType

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException

router = APIRouter(include_in_schema=False)

_EXPLORER = """
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#explorer",
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: "list",
  tryItOutEnabled: true,
  validatorUrl: null,
});
"""

_MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "explorer.js": "text/javascript",
        "swagger-ui-bundle.js": "text/javascript",
        "swagger-ui.css": "text/css",
        "favicon-32x32.png": "image/png",
    }
)

_HEADERS = {
    # The style sheet of Swagger UI has images inside.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self';"
        " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

_DAY_S = 86_400


@router.get("/")
async def home(request: Request) -> Response:
    """Leads a browser to the page for people; other clients get a page with links."""
    if "text/html" in request.headers.get("accept", ""):
        return RedirectResponse("page/jobs", 303, headers={"Vary": "Accept"})
    return HTMLResponse(_home_page(request.app.title, request.app.version), headers=_HEADERS)


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """Returns the page of the explorer."""
    return HTMLResponse(_explorer_page(request.app.title), headers=_HEADERS)


@router.get("/docs/{name}")
async def docs_file(name: str) -> Response:
    """Returns a file of the explorer."""
    if name not in _MEDIA_TYPES:
        raise HTTPException(404)
    return Response(
        _file(name),
        media_type=_MEDIA_TYPES[name],
        headers={**_HEADERS, "Cache-Control": f"public, max-age={_DAY_S}"},
    )


@cache
def _file(name: str) -> bytes:
    if name == "explorer.js":
        return _EXPLORER.encode()
    return files("fastapi_swagger.resources").joinpath(name).read_bytes()


def _home_page(title: str, version: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{escape(title)}</title>
<h1>{escape(title)} {escape(version)}</h1>
<p>This address is the HTTP API of a farm that transcribes recordings.</p>
<ul>
<li><a href="docs">All requests, to read and to try</a>
<li><a href="openapi.json">The OpenAPI document</a>
<li><a href="readyz">Whether the farm is ready</a>
</ul>
"""


def _explorer_page(title: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{escape(title)}</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="icon" href="docs/favicon-32x32.png">
<div id="explorer"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/explorer.js"></script>
"""
