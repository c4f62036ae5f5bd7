import pytest

from whisperfarm_client.retry import LONGEST_PAUSE_S, Patience, Surroundings
from whisperfarm_contract.problems import DeadlinePassed, FarmUnavailable


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.pauses: list[float] = []
        self.told: list[str] = []

    def sleep(self, pause_s: float) -> None:
        self.pauses.append(pause_s)
        self.now += pause_s

    def around(self, chance: float = 1.0) -> Surroundings:
        return Surroundings(clock=lambda: self.now, sleep=self.sleep, chance=lambda: chance)


def _patience(clock: Clock, *, deadline: float | None = 1000.0, chance: float = 1.0) -> Patience:
    around = clock.around(chance)
    return Patience(deadline=deadline, connect_s=30.0, tell=clock.told.append, around=around)


def _try_for_ever(patience: Patience) -> None:
    while True:
        patience.failed(FarmUnavailable("refused"))


def test_pauses_grow_up_to_a_limit() -> None:
    clock = Clock()
    patience = _patience(clock)
    for _ in range(7):
        patience.pause("busy")
    assert clock.pauses == pytest.approx(
        [0.2, 0.4, 0.8, 1.6, 3.2, LONGEST_PAUSE_S, LONGEST_PAUSE_S]
    )


def test_pauses_are_spread_by_chance() -> None:
    clock = Clock()
    _patience(clock, chance=0.0).pause("busy")
    assert clock.pauses == pytest.approx([0.1])


def test_a_good_answer_makes_pauses_short_again() -> None:
    clock = Clock()
    patience = _patience(clock)
    patience.pause("busy")
    patience.answered()
    patience.pause("busy")
    assert clock.pauses == pytest.approx([0.2, 0.2])


def test_the_farm_may_ask_for_a_longer_pause() -> None:
    clock = Clock()
    _patience(clock, chance=0.0).pause("busy", at_least_s=7.0)
    assert clock.pauses == [7.0]


def test_those_who_were_told_the_same_pause_do_not_all_come_at_once() -> None:
    clock = Clock()
    _patience(clock, chance=1.0).pause("busy", at_least_s=8.0)
    assert clock.pauses == [10.0]


def test_a_pause_that_just_fits_is_not_made_too_long() -> None:
    clock = Clock()
    _patience(clock, deadline=108.5, chance=1.0).pause("busy", at_least_s=8.0)
    assert clock.pauses == [8.25]


def test_a_pause_past_the_deadline_is_not_begun() -> None:
    clock = Clock()
    with pytest.raises(DeadlinePassed, match="deadline exceeded: the farm is busy"):
        _patience(clock, deadline=130.0).pause("the farm is busy", at_least_s=60.0)
    assert clock.pauses == []


def test_without_a_deadline_time_is_never_up() -> None:
    clock = Clock()
    patience = _patience(clock, deadline=None)
    clock.now = 1e9
    patience.check("still sending")
    assert patience.left_s() == float("inf")


def test_the_deadline_is_noticed_while_working() -> None:
    clock = Clock()
    patience = _patience(clock, deadline=110.0)
    clock.now = 110.0
    with pytest.raises(DeadlinePassed, match="deadline exceeded: still sending"):
        patience.check("still sending")


def test_a_farm_that_was_never_there_is_given_up_after_the_grace() -> None:
    clock = Clock()
    patience = _patience(clock)
    with pytest.raises(FarmUnavailable, match="refused"):
        _try_for_ever(patience)
    assert 30.0 <= clock.now - 100.0 < 30.0 + LONGEST_PAUSE_S


def test_a_farm_that_is_there_now_and_then_is_not_given_up() -> None:
    clock = Clock()
    patience = _patience(clock)
    for _ in range(20):
        patience.failed(FarmUnavailable("refused"))
        patience.pause("connection reset")
    assert clock.now > 130.0


def test_a_job_that_was_accepted_is_waited_for_until_the_deadline() -> None:
    clock = Clock()
    patience = _patience(clock, deadline=700.0)
    patience.accepted("j1")
    with pytest.raises(DeadlinePassed):
        _try_for_ever(patience)
    assert clock.now > 690.0


def test_trouble_that_lasts_is_told_once_with_the_job() -> None:
    clock = Clock()
    patience = _patience(clock)
    patience.accepted("j1")
    for _ in range(4):
        patience.pause("connection reset")
    assert clock.told == []
    for _ in range(20):
        patience.failed(FarmUnavailable("refused"))
    assert clock.told == ["refused (job j1)"]


def test_a_long_pause_is_told_before_it_begins() -> None:
    clock = Clock()
    _patience(clock).pause("busy", at_least_s=60.0)
    assert clock.told == ["busy"]


def test_trouble_that_passes_soon_is_not_told_however_often_it_comes() -> None:
    clock = Clock()
    patience = _patience(clock)
    for _ in range(20):
        patience.pause("connection reset")
        patience.answered()
    assert clock.told == []


def test_a_job_that_takes_its_time_is_no_trouble() -> None:
    clock = Clock()
    patience = _patience(clock)
    for _ in range(20):
        patience.not_yet("the job had not ended")
    assert clock.told == []
