"""What an evaluation found: a table of rates, and a JSON document."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from whisperfarm.evaluation.run import Result
from whisperfarm.evaluation.scores import Normalization
from whisperfarm.evaluation.totals import Totals, totals

HEAD = ("PRESET", "RECORDING", "WER %", "95 %", "CER %", "TIME ERROR S", "DER %", "RTF")


def table(result: Result) -> Iterator[list[str]]:
    """Yield the cells of each recording and of the total, for each preset."""
    for preset, scores in result.scores.items():
        for score in scores:
            yield [preset, score.path, *_cells(totals([score]))]
        yield [preset, f"all {len(scores)}", *_cells(totals(scores))]


def document(result: Result, normalization: Normalization) -> dict[str, Any]:
    """Return all rates, by preset and recording. Rates are fractions, times are seconds."""
    return {
        "normalization": normalization,
        "presets": {
            preset: {
                "total": asdict(totals(scores)),
                "recordings": {one.path: asdict(totals([one])) for one in scores},
            }
            for preset, scores in result.scores.items()
        },
        "skipped": result.skipped,
    }


def _cells(rates: Totals) -> list[str]:
    low_high = rates.wer_interval
    return [
        _percent(rates.wer),
        f"{_percent(low_high[0])} to {_percent(low_high[1])}" if low_high else "",
        _percent(rates.cer),
        "" if rates.time_error_s is None else f"{rates.time_error_s:.3f}",
        _percent(rates.der),
        "" if rates.real_time_factor is None else f"{rates.real_time_factor:.2f}",
    ]


def _percent(rate: float | None) -> str:
    return "" if rate is None else f"{100 * rate:.1f}"
