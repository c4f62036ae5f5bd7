"""One measured figure beside its baseline."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import quantiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was measured, what it is compared with, and both values in the same unit."""

    what: str
    value: float
    unit: str
    baseline: str
    baseline_value: float

    @property
    def ratio(self) -> float:
        """The value over its baseline."""
        return self.value / self.baseline_value


def percentile(values: Sequence[float], percent: int) -> float:
    """The value below which `percent` per cent of the values lie."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def markdown(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table."""
    return "\n".join(_lines(figures)) + "\n"


def _lines(figures: Iterable[Figure]) -> Iterator[str]:
    yield "| What | Measured | Baseline | Ratio |"
    yield "| --- | --- | --- | --- |"
    for one in figures:
        measured, against = f"{one.value:.3g} {one.unit}", f"{one.baseline_value:.3g} {one.unit}"
        yield f"| {one.what} | {measured} | {one.baseline}: {against} | {one.ratio:.2f} |"
