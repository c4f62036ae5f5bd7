"""One part of a farm with stub models: `part.py dispatcher|worker`.

`STUB_TAKES_S` is the duration of a transcription. `STUB_CONSUMER_TIMEOUT_S` replaces the consumer
timeout of the queues, which is hours. `STUB_SERVICE_ACCOUNT` replaces the fixed folder of the pod's
service account; without jobs for `STUB_IDLE_S` the pod's deletion cost is low again.
"""

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.support.fake_engine import FakeDiarizer, FakeEngine, FakeModel
from whisperfarm_store.broker import queues
from whisperfarm_worker.engines.port import DecodedText, Decoding, OnProgress
from whisperfarm_worker.pipeline.state import Samples

TAKES_S = float(os.environ.get("STUB_TAKES_S", "0"))
_STEP_S = 0.05


@dataclass
class PatientModel(FakeModel):
    """Returns the same text for every window, after `TAKES_S`."""

    def transcribe(
        self,
        windows: Sequence[Samples],
        decoding: Decoding,
        *,
        on_progress: OnProgress,
        **others: Any,
    ) -> list[DecodedText]:
        end = time.monotonic() + TAKES_S
        while time.monotonic() < end:
            time.sleep(_STEP_S)
            on_progress(0.5)
        return super().transcribe(windows, decoding, on_progress=on_progress, **others)


def main(part: str) -> None:
    """Run the part until it is stopped."""
    if limit_s := os.environ.get("STUB_CONSUMER_TIMEOUT_S"):
        queues.consumer_timeout_s = lambda _: float(limit_s)
    if part == "dispatcher":
        from whisperfarm_dispatcher.server import serve
        from whisperfarm_dispatcher.settings import DispatcherSettings

        serve(DispatcherSettings())
    else:
        from whisperfarm_worker.deletion_cost import policy
        from whisperfarm_worker.process import server
        from whisperfarm_worker.settings import WorkerSettings

        engine = FakeEngine(model=PatientModel(), its_diarizer=FakeDiarizer())
        server.open_engine = lambda *_, **__: engine
        if folder := os.environ.get("STUB_SERVICE_ACCOUNT"):
            server.own_pod = partial(server.own_pod, folder=Path(folder))
            policy.IDLE_AFTER_S = float(os.environ["STUB_IDLE_S"])
        server.serve(WorkerSettings(), bundled_models=None)


if __name__ == "__main__":
    main(sys.argv[1])
