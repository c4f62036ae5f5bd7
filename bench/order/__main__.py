"""Simulates a day in each order, prints the figures, and writes them into the given document."""

import argparse
from pathlib import Path

from bench.document import write
from bench.order.day import synthetic_day
from bench.order.orders import Choose, fair, first_in_first_out, shortest_first
from bench.order.report import markdown, plot
from bench.order.simulation import simulate


def main() -> None:
    """Simulate and report."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("document", type=Path, nargs="?")
    given = asked.parse_args()
    orders: dict[str, Choose] = {
        "fair": fair(),
        "first in, first out": first_in_first_out,
        "shortest first": shortest_first,
    }
    days = {name: simulate(synthetic_day(), order) for name, order in orders.items()}
    report = markdown(days)
    print(report)
    if given.document:
        write(given.document, report)
        plot(days, given.document.with_name("benchmarks-order.png"))


if __name__ == "__main__":
    main()
