"""`/docs`: the API's documentation page, rendered from the OpenAPI document.

The usual viewers load their scripts from the internet, which many farms cannot reach.
"""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

router = APIRouter()

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem }
code { background: #8882; padding: .1em .3em } details { margin: .5rem 0 }
table { border-collapse: collapse } td { padding: .1rem .8rem .1rem 0; vertical-align: top }
"""


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    return HTMLResponse("\n".join(_page(request.app.openapi())))


def _page(document: Mapping[str, Any]) -> Iterator[str]:
    info = document["info"]
    yield "<!doctype html><html lang='en'><meta charset='utf-8'>"
    yield f"<title>{escape(info['title'])}</title><style>{_STYLE}</style>"
    yield f"<h1>{escape(info['title'])} {escape(info['version'])}</h1>"
    yield f"<p>{escape(info['description'])}</p>"
    yield "<p>The complete OpenAPI document: <a href='openapi.json'>openapi.json</a></p>"
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield from _endpoint(method, path, operation)


def _endpoint(method: str, path: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"<h2><code>{method.upper()} {escape(path)}</code></h2>"
    yield f"<p><b>{escape(operation['summary'])}</b> {escape(operation.get('description', ''))}</p>"
    parameters = [(one["name"], one.get("description", "")) for one in _parameters(operation)]
    yield from _table("Parameters and fields", parameters)
    responses = [(status, one["description"]) for status, one in operation["responses"].items()]
    yield from _table("Responses", responses)


def _parameters(operation: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    parameters: list[Mapping[str, Any]] = operation.get("parameters", [])
    return parameters


def _table(title: str, rows: list[tuple[str, str]]) -> Iterator[str]:
    if rows:
        yield f"<details><summary>{title}</summary><table>"
        for name, description in rows:
            yield f"<tr><td><code>{escape(name)}</code><td>{escape(description)}</tr>"
        yield "</table></details>"
