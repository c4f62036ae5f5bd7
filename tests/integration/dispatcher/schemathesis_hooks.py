"""Gives schemathesis recordings where the OpenAPI document has audio."""

import schemathesis
from hypothesis import strategies
from schemathesis.transport.serialization import Binary

from tests.support.recordings import wav

_RECORDINGS = strategies.just(wav())

schemathesis.openapi.media_type("audio/*", _RECORDINGS)
schemathesis.openapi.format("binary", _RECORDINGS.map(Binary))
