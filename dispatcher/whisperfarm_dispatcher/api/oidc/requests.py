"""Requests to the provider, which answers with JSON objects."""

import json
from collections.abc import Mapping

from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_dispatcher.api.tokens.key_url import MIN_INTERVAL_S
from whisperfarm_dispatcher.egress import HttpClient

TIMEOUT_S = 5.0
"""Timeout of a request to the provider, in seconds."""

MAX_DOCUMENT_BYTES = 256 << 10

_OK = 200


def fetch(
    client: HttpClient,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    content: bytes = b"",
) -> Mapping[str, object]:
    """Return the object that the provider answers. Raises a `Problem` or `ValueError`."""
    timeouts = {"stall_timeout_s": TIMEOUT_S, "timeout_s": TIMEOUT_S}
    sent = {"Accept": "application/json", **(headers or {})}
    with client.request(method, url, headers=sent, content=content, **timeouts) as response:
        if response.status != _OK:
            raise ValueError(f"the provider answered {response.status} instead of 200")
        text = response.read(MAX_DOCUMENT_BYTES)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise ValueError("the provider did not answer with a JSON object")
    return document


def unavailable() -> FarmUnavailable:
    """Return the problem of a provider that does not answer."""
    return FarmUnavailable(
        "the identity provider does not answer; try again later, or sign in with a key",
        retry_after_s=round(MIN_INTERVAL_S),
    )
