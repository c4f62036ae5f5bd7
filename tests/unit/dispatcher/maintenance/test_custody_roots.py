"""A root is made when the last one is a day old, over all chains."""

from whisperfarm_dispatcher.maintenance.custody_roots import DAY_S, DailyRoot


class Roots:
    """Roots of a given age, and as many chains as two roots cover."""

    def __init__(self, age_s: float | None) -> None:
        self._age_s = age_s
        self.waiting = 2

    def age_s(self) -> float | None:
        return self._age_s

    def make(self, sign: object) -> dict[str, object] | None:
        assert sign is dict
        if not self.waiting:
            return None
        self.waiting -= 1
        return {"number": 1, "chains": 1, "signature": None}


class Custody:
    def __init__(self, age_s: float | None) -> None:
        self.roots = Roots(age_s)


def waiting_after_a_run(age_s: float | None) -> int:
    custody = Custody(age_s)
    DailyRoot(custody, dict).run_once()  # type: ignore[arg-type]
    return custody.roots.waiting


def test_root_is_made_when_the_last_is_a_day_old() -> None:
    assert waiting_after_a_run(None) == 0
    assert waiting_after_a_run(DAY_S) == 0
    assert waiting_after_a_run(DAY_S - 1) == 2
