"""What the commands print: lines without control characters of texts from outside."""

import click

from whisperfarm_contract.printable import printable


def print_line(text: str = "", *, err: bool = False) -> None:
    """Print a line on stdout, or with `err` on stderr. Control characters are escaped."""
    click.echo(printable(text), err=err)
