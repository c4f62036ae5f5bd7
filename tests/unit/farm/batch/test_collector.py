"""Writing transcripts while the destination cannot be reached."""

from types import SimpleNamespace
from typing import Any

import pytest

from whisperfarm.batch.collector import Collector
from whisperfarm.batch.manifest import Row, State, open_manifest
from whisperfarm.batch.outputs import Outputs
from whisperfarm_client.retry import Environment, Retrier
from whisperfarm_contract.problems import AddressUnreachable

ROW = Row(path="a.wav", name="a", size_bytes=1, modified_ns=1, options_digest="").submitted("j")
JOB: Any = {"id": "j", "state": "succeeded", "audio": {"duration_s": 2.0}}


class Unreachable:
    """A destination that cannot be reached for the first writes."""

    def __init__(self, writes: int) -> None:
        self.left = writes
        self.written: dict[str, bytes] = {}

    def path(self, name: str) -> str:
        return name

    def write(self, path: str, content: bytes) -> None:
        self.left -= 1
        if self.left >= 0:
            raise AddressUnreachable("it is down")
        self.written[path] = content


def collector(destination: Any) -> Collector:
    now = [0.0]

    def sleep(pause_s: float) -> None:
        now[0] += pause_s

    def retrier() -> Retrier:
        environment = Environment(clock=lambda: now[0], sleep=sleep)
        return Retrier(deadline=None, connect_timeout_s=60, environment=environment)

    api = SimpleNamespace(result=lambda _, format: format.encode())
    farms: Any = SimpleNamespace(current=lambda: api, retrier=retrier)
    outputs = Outputs(destination=destination, formats=["txt", "srt"], is_mirrored=True)
    return Collector(manifest=open_manifest(None, "calls"), farms=farms, outputs=outputs)


def test_write_is_tried_again_until_it_succeeds() -> None:
    destination = Unreachable(writes=5)
    row = collector(destination).collect(ROW, JOB)
    assert (row.state, row.formats) == (State.DONE, "srt,txt")
    assert destination.written == {"a.txt": b"txt", "a.srt": b"srt"}


def test_destination_that_stays_unreachable_ends_the_run() -> None:
    used = collector(Unreachable(writes=1000))
    with pytest.raises(AddressUnreachable):
        used.collect(ROW, JOB)
