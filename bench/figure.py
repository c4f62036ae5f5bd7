"""A measured figure with its baseline."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import quantiles

from whisperfarm.markdown import table


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
    return table(("What", "Measured", "Baseline", "Ratio"), map(_cells, figures))


def _cells(one: Figure) -> tuple[str, ...]:
    measured, against = f"{one.value:.3g} {one.unit}", f"{one.baseline_value:.3g} {one.unit}"
    return one.what, measured, f"{one.baseline}: {against}", f"{one.ratio:.2f}"
