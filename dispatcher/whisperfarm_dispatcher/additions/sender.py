"""Makes one addition and stores it beside the transcript."""

import json
import random
from collections.abc import Callable, Mapping

from whisperfarm_contract.identifiers import addition_key
from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_dispatcher.additions.entry_point import EntryPointAnalysis
from whisperfarm_dispatcher.additions.http import HttpAnalysis
from whisperfarm_dispatcher.additions.request import (
    AdditionFailed,
    read_answer,
    request_body,
    revision_of,
)
from whisperfarm_dispatcher.callbacks.schedule import pause_s
from whisperfarm_dispatcher.egress import ALL_NETWORKS, HttpClient
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_store.blobs import BlobDamaged, BlobNotFound, Blobs
from whisperfarm_store.ledger import Callback, DeliveryResult

Analysis = Callable[[Callback, bytes], bytes]
"""Returns the answer to a request. Raises `AdditionFailed`."""


class AdditionSender:
    """Maker of additions by their names. Thread-safe."""

    def __init__(
        self,
        analyses: Mapping[str, Analysis],
        blobs: Blobs,
        *,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._analyses = analyses
        self._blobs = blobs
        self._chance = chance

    def send(self, callback: Callback) -> DeliveryResult:
        """Make the addition once. Failures of the analysis are part of the outcome."""
        analysis = self._analyses.get(callback.address)
        if analysis is None:
            return self._retry(callback, f"this farm has no addition {callback.address!r} any more")
        try:
            value = read_answer(analysis(callback, request_body(callback, self._blobs)))
            self._store(callback, json.dumps(value, ensure_ascii=False).encode())
        except BlobNotFound:
            return DeliveryResult(error="the transcript was deleted")
        except BlobDamaged as problem:
            return DeliveryResult(error=problem.detail)
        except AdditionFailed as failure:
            return self._retry(callback, str(failure), status=failure.status)
        except FarmUnavailable as problem:
            return self._retry(callback, problem.detail)
        return DeliveryResult()

    def _store(self, callback: Callback, value: bytes) -> None:
        revision, name = revision_of(callback), callback.address
        self._blobs.put(addition_key(callback.tenant, callback.job_id, revision, name), value)

    def _retry(
        self, callback: Callback, error: str, *, status: int | None = None
    ) -> DeliveryResult:
        tries = callback.tries - callback.tries_before_replay
        retry_in_s = pause_s(tries, chance=self._chance())
        return DeliveryResult(status=status, error=error, retry_in_s=retry_in_s)


def build_sender(settings: DispatcherSettings, blobs: Blobs) -> AdditionSender:
    """Return a sender for the analyses that the settings name."""
    client, timeout_s = HttpClient(ALL_NETWORKS), settings.additions_timeout_s
    analyses: dict[str, Analysis] = {
        name: HttpAnalysis(url, client, settings.secrets, timeout_s=timeout_s)
        if url
        else EntryPointAnalysis(name, timeout_s=timeout_s)
        for name, url in settings.addition_targets.items()
    }
    return AdditionSender(analyses, blobs)
