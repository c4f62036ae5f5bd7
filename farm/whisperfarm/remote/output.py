"""Answers of a farm: as a table or JSON, where texts from outside are escaped, or as CSV."""

import csv
import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

from whisperfarm.output import print_line
from whisperfarm_contract.printable import printable

_GAP = "  "


def format_flag(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the flag --format, which a command takes as `output_format`."""
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(["table", "json"]),
        default="table",
        show_default=True,
        help="How to print the answer; `json` is for programs.",
    )(command)


def print_json(document: Any) -> None:
    """Print a document as JSON in ASCII, which also escapes what controls a terminal."""
    click.echo(json.dumps(document, indent=2))


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print aligned columns. An empty cell is printed as `-`."""
    lines = [list(head), *([printable(cell) or "-" for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print_line(_GAP.join(cells).rstrip())


def print_csv(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows for a spreadsheet or another program."""
    csv.writer(sys.stdout, lineterminator="\n").writerows([head, *rows])
