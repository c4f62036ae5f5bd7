import pytest

from whisperfarm_dispatcher.api.middleware.connection_limits import (
    DESCRIPTORS_PER_CONNECTION,
    RESERVED_DESCRIPTORS,
    ConnectionLimits,
    connections_within,
)


class FakeConnection:
    """A connection of one address."""

    def __init__(
        self, address: str = "10.0.0.1", *, is_idle: bool = True, has_requested: bool = False
    ) -> None:
        self.address, self.is_idle, self.has_requested = address, is_idle, has_requested
        self.is_closed = False

    def close(self) -> None:
        self.is_closed = True


def test_oldest_idle_connection_makes_room() -> None:
    limits = ConnectionLimits(max_connections=3)
    busy, oldest, newer, new = [FakeConnection(is_idle=idle) for idle in (False, True, True, True)]
    assert all(limits.admit(one) for one in (busy, oldest, newer, new))
    assert [one.is_closed for one in (busy, oldest, newer, new)] == [False, True, False, False]


def test_connection_in_use_outlives_one_without_any_request() -> None:
    limits = ConnectionLimits(max_connections=2)
    kept, silent, new = FakeConnection(has_requested=True), FakeConnection(), FakeConnection()
    assert all(limits.admit(one) for one in (kept, silent, new))
    assert [one.is_closed for one in (kept, silent, new)] == [False, True, False]


def test_connection_is_rejected_if_all_are_busy() -> None:
    limits = ConnectionLimits(max_connections=2)
    busy = [FakeConnection(is_idle=False) for _ in range(2)]
    assert all(limits.admit(one) for one in busy)
    assert not limits.admit(FakeConnection())
    limits.remove(busy[0])
    assert limits.admit(FakeConnection())
    assert not any(one.is_closed for one in busy)


def test_address_at_its_limit_loses_its_own_connections() -> None:
    limits = ConnectionLimits(max_connections=10, max_per_address=2)
    other = FakeConnection("10.0.0.2")
    greedy = [FakeConnection("10.0.0.1") for _ in range(3)]
    assert all(limits.admit(one) for one in (other, *greedy))
    assert [one.is_closed for one in (other, *greedy)] == [False, True, False, False]


@pytest.mark.parametrize(
    ("descriptors", "wanted", "expected"), [(65_536, 2000, 2000), (128, 2000, 32), (16, 2000, 1)]
)
def test_connections_leave_descriptors_for_the_rest(
    descriptors: int, wanted: int, expected: int
) -> None:
    found = connections_within(descriptors, wanted)
    assert found == expected
    assert found == 1 or found * DESCRIPTORS_PER_CONNECTION + RESERVED_DESCRIPTORS <= descriptors
