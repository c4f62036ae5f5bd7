from types import SimpleNamespace
from typing import Any

from whisperfarm_dispatcher.api.wait import wait_reader


def test_wait_is_capped_by_the_farm() -> None:
    parts: Any = SimpleNamespace(settings=SimpleNamespace(max_wait_s=10.0))
    assert [wait_reader(parts)(raw) for raw in ("20", 3, "0")] == [10.0, 3.0, 0.0]
    assert [wait_reader(parts)(raw) for raw in ("86401", "1e12", "inf")] == [10.0] * 3
