"""One thing over and over."""

import threading

from whisperfarm_worker.process.ticker import Ticker

WITHIN_S = 10


def test_it_ticks_again_and_again() -> None:
    third, ticks = threading.Event(), list[int]()

    def tick() -> None:
        ticks.append(1)
        if len(ticks) == 3:
            third.set()

    ticker = Ticker("test", tick, every_s=0.001)
    ticker.start()
    assert third.wait(WITHIN_S)
    ticker.stop()


def test_an_error_does_not_end_it() -> None:
    second, ticks = threading.Event(), list[int]()

    def tick() -> None:
        ticks.append(1)
        if len(ticks) == 2:
            second.set()
        raise ZeroDivisionError

    ticker = Ticker("test", tick, every_s=0.001)
    ticker.start()
    assert second.wait(WITHIN_S)
    ticker.stop()


def test_after_stop_there_is_no_tick() -> None:
    ticks: list[int] = []
    ticker = Ticker("test", lambda: ticks.append(1), every_s=0.001)
    ticker.start()
    ticker.stop()
    count = len(ticks)
    assert not threading.Event().wait(0.05)
    assert len(ticks) == count


def test_one_that_never_started_can_be_stopped() -> None:
    Ticker("test", lambda: None, every_s=1).stop()
