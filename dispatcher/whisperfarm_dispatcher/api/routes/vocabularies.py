"""`/v1/vocabularies`: the lists of words that jobs name by `vocabulary=`."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from whisperfarm_contract.job import to_rfc3339
from whisperfarm_contract.problems import InvalidOption
from whisperfarm_contract.vocabulary import VOCABULARY_NAME, read_words
from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.openapi import endpoints
from whisperfarm_dispatcher.api.upload.small_body import read_text
from whisperfarm_dispatcher.api.upload.upload import read_body
from whisperfarm_store.ledger import Vocabulary

router = APIRouter(prefix="/v1/vocabularies", tags=["vocabularies"])

MAX_BODY_BYTES = 16 << 10
"""Longest text of a vocabulary: more than its words may have with the longest characters."""

MAX_VOCABULARIES = 200
"""Vocabularies of one tenant."""

_NAME = VOCABULARY_NAME.schema()
Name = Annotated[
    str,
    Path(
        pattern=_NAME["pattern"],
        max_length=_NAME["maxLength"],
        description="The name of the vocabulary.",
    ),
]


@router.get("", summary="List vocabularies", **endpoints.VOCABULARIES)
def list_vocabularies(deps: Deps, tenant: Tenant) -> JSONResponse:
    """Returns all vocabularies of the caller's tenant, by name."""
    listed = deps.ledger.vocabularies.list(tenant)
    return JSONResponse({"vocabularies": [_to_wire(one) for one in listed]})


@router.get("/{name}", summary="Show a vocabulary", **endpoints.VOCABULARY)
def get_vocabulary(deps: Deps, tenant: Tenant, name: Name) -> JSONResponse:
    """Returns the words of a vocabulary."""
    return JSONResponse(_to_wire(deps.ledger.vocabularies.get(tenant, name)))


@router.put("/{name}", summary="Store a vocabulary", **endpoints.PUT_VOCABULARY)
async def put_vocabulary(request: Request, deps: Deps, tenant: Tenant, name: Name) -> JSONResponse:
    """Stores a text with one word or phrase per line, in place of an earlier one.

    Jobs that were accepted before keep their words.
    """
    body = read_body(request, deps.settings)
    words = read_words(await read_text(body, max_bytes=MAX_BODY_BYTES))
    return await run_in_threadpool(_put, deps, tenant, name, words)


@router.delete(
    "/{name}", status_code=204, summary="Delete a vocabulary", **endpoints.DELETE_VOCABULARY
)
def delete_vocabulary(deps: Deps, tenant: Tenant, name: Name) -> Response:
    """Deletes a vocabulary. Jobs that were accepted before keep their words."""
    deps.ledger.vocabularies.delete(tenant, name)
    return Response(status_code=204)


def _put(deps: Deps, tenant: str, name: str, words: tuple[str, ...]) -> JSONResponse:
    stored = deps.ledger.vocabularies
    names = {one.name for one in stored.list(tenant)}
    if name not in names and len(names) >= MAX_VOCABULARIES:
        raise InvalidOption(f"there are {len(names)} vocabularies already; delete one of them")
    return JSONResponse(_to_wire(stored.put(tenant, name, words)))


def _to_wire(vocabulary: Vocabulary) -> dict[str, Any]:
    return {
        "name": vocabulary.name,
        "words": list(vocabulary.words),
        "updated_at": to_rfc3339(vocabulary.updated_at),
    }
