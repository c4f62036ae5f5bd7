"""A measured figure with its baseline."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import quantiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A measured value and its baseline, in the same unit."""

    what: str
    value: float
    unit: str
    baseline: str
    baseline_value: float

    @property
    def ratio(self) -> float:
        """The value divided by its baseline."""
        return self.value / self.baseline_value


def percentile(values: Sequence[float], percent: int) -> float:
    """Return a percentile of the values."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def markdown(figures: Iterable[Figure]) -> str:
    """Return the figures as a Markdown table."""
    return "\n".join(_lines(figures)) + "\n"


def _lines(figures: Iterable[Figure]) -> Iterator[str]:
    yield "| What | Measured | Baseline | Ratio |"
    yield "| --- | --- | --- | --- |"
    for one in figures:
        measured, against = f"{one.value:.3g} {one.unit}", f"{one.baseline_value:.3g} {one.unit}"
        yield f"| {one.what} | {measured} | {one.baseline}: {against} | {one.ratio:.2f} |"
