import pytest

from whisperfarm_client.retry import MAX_PAUSE_S, Environment, Retrier
from whisperfarm_contract.problems import DeadlineExceeded, FarmUnavailable


class Clock:
    """A clock that moves only by `sleep`."""

    def __init__(self) -> None:
        self.now = 100.0
        self.pauses: list[float] = []
        self.notified: list[str] = []

    def sleep(self, pause_s: float) -> None:
        self.pauses.append(pause_s)
        self.now += pause_s

    def environment(self, random_fraction: float = 1.0) -> Environment:
        return Environment(
            clock=lambda: self.now, sleep=self.sleep, random_fraction=lambda: random_fraction
        )


def _patience(
    clock: Clock, *, deadline: float | None = 1000.0, random_fraction: float = 1.0
) -> Retrier:
    environment = clock.environment(random_fraction)
    return Retrier(
        deadline=deadline,
        connect_timeout_s=30.0,
        notify=clock.notified.append,
        environment=environment,
    )


def _try_for_ever(retrier: Retrier) -> None:
    while True:
        retrier.failed(FarmUnavailable("refused"))


def test_pauses_grow_up_to_a_maximum() -> None:
    clock = Clock()
    retrier = _patience(clock)
    for _ in range(7):
        retrier.pause("busy")
    assert clock.pauses == pytest.approx([0.2, 0.4, 0.8, 1.6, 3.2, MAX_PAUSE_S, MAX_PAUSE_S])


def test_pauses_have_jitter() -> None:
    clock = Clock()
    _patience(clock, random_fraction=0.0).pause("busy")
    assert clock.pauses == pytest.approx([0.1])


def test_success_resets_the_pause() -> None:
    clock = Clock()
    retrier = _patience(clock)
    retrier.pause("busy")
    retrier.succeeded()
    retrier.pause("busy")
    assert clock.pauses == pytest.approx([0.2, 0.2])


def test_pause_respects_retry_after() -> None:
    clock = Clock()
    _patience(clock, random_fraction=0.0).pause("busy", at_least_s=7.0)
    assert clock.pauses == [7.0]


def test_retry_after_has_jitter() -> None:
    clock = Clock()
    _patience(clock, random_fraction=1.0).pause("busy", at_least_s=8.0)
    assert clock.pauses == [10.0]


def test_jitter_stays_within_the_deadline() -> None:
    clock = Clock()
    _patience(clock, deadline=108.5, random_fraction=1.0).pause("busy", at_least_s=8.0)
    assert clock.pauses == [8.25]


def test_pause_past_the_deadline_raises_at_once() -> None:
    clock = Clock()
    with pytest.raises(DeadlineExceeded, match="deadline exceeded: the farm is busy"):
        _patience(clock, deadline=130.0).pause("the farm is busy", at_least_s=60.0)
    assert clock.pauses == []


def test_policy_without_a_deadline_never_expires() -> None:
    clock = Clock()
    retrier = _patience(clock, deadline=None)
    clock.now = 1e9
    retrier.check("still sending")
    assert retrier.left_s() == float("inf")


def test_check_raises_after_the_deadline() -> None:
    clock = Clock()
    retrier = _patience(clock, deadline=110.0)
    clock.now = 110.0
    with pytest.raises(DeadlineExceeded, match="deadline exceeded: still sending"):
        retrier.check("still sending")


def test_unreachable_farm_is_given_up_after_the_timeout() -> None:
    clock = Clock()
    retrier = _patience(clock)
    with pytest.raises(FarmUnavailable, match="refused"):
        _try_for_ever(retrier)
    assert 30.0 <= clock.now - 100.0 < 30.0 + MAX_PAUSE_S


def test_flapping_farm_is_not_given_up() -> None:
    clock = Clock()
    retrier = _patience(clock)
    for _ in range(20):
        retrier.failed(FarmUnavailable("refused"))
        retrier.pause("connection reset")
    assert clock.now > 130.0


def test_accepted_job_is_waited_for_until_the_deadline() -> None:
    clock = Clock()
    retrier = _patience(clock, deadline=700.0)
    retrier.accepted("j1")
    with pytest.raises(DeadlineExceeded):
        _try_for_ever(retrier)
    assert clock.now > 690.0


def test_lasting_failure_is_notified_once_with_the_job() -> None:
    clock = Clock()
    retrier = _patience(clock)
    retrier.accepted("j1")
    for _ in range(4):
        retrier.pause("connection reset")
    assert clock.notified == []
    for _ in range(20):
        retrier.failed(FarmUnavailable("refused"))
    assert clock.notified == ["refused (job j1)"]


def test_long_pause_is_notified_before_it_starts() -> None:
    clock = Clock()
    _patience(clock).pause("busy", at_least_s=60.0)
    assert clock.notified == ["busy"]


def test_short_failures_are_not_notified() -> None:
    clock = Clock()
    retrier = _patience(clock)
    for _ in range(20):
        retrier.pause("connection reset")
        retrier.succeeded()
    assert clock.notified == []


def test_snooze_is_never_notified() -> None:
    clock = Clock()
    retrier = _patience(clock)
    for _ in range(20):
        retrier.snooze("the job had not ended")
    assert clock.notified == []
