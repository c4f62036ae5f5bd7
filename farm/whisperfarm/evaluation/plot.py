"""A picture of the accuracy of presets: word errors beside the real-time factor."""

from io import BytesIO
from typing import Any

from whisperfarm.evaluation.run import Result
from whisperfarm.evaluation.totals import Totals, totals


def plot(result: Result, *, file_format: str) -> bytes:
    """Return the picture as `svg` or `png`: a bar for each preset and rate, with the range of 95 %
    of the word errors. A rate that was not measured has no bar."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    presets = {name: totals(scores) for name, scores in result.scores.items()}
    figure, (errors, speed) = plt.subplots(
        1, 2, figsize=(10, 1.5 + 0.6 * len(presets)), sharey=True, layout="constrained"
    )
    _draw_errors(errors, presets)
    _draw_speed(speed, presets)
    content = BytesIO()
    figure.savefig(content, format=file_format)
    plt.close(figure)
    return content.getvalue()


def _draw_errors(axes: Any, presets: dict[str, Totals]) -> None:
    names, height = list(presets), 0.35
    for offset, label in ((-height / 2, "wer"), (height / 2, "der")):
        rates = [getattr(one, label) for one in presets.values()]
        places = [number + offset for number, rate in enumerate(rates) if rate is not None]
        values = [100 * rate for rate in rates if rate is not None]
        if values:
            axes.barh(places, values, height, label=f"{label.upper()} %")
    for number, one in enumerate(presets.values()):
        if one.wer_interval is not None:
            low, high = (100 * rate for rate in one.wer_interval)
            axes.plot([low, high], [number - height / 2] * 2, color="black", marker="|")
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlabel("errors, %")
    axes.legend()


def _draw_speed(axes: Any, presets: dict[str, Totals]) -> None:
    factors = [one.real_time_factor or 0.0 for one in presets.values()]
    axes.barh(range(len(factors)), factors, 0.35, color="grey")
    axes.set_xlabel("real-time factor (less is faster)")
