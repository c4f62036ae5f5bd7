"""What the commands print and write: lines without control characters of texts from outside, and
the file of `--output`."""

from pathlib import Path

import click

from whisperfarm_contract.printable import printable


def print_line(text: str = "", *, err: bool = False) -> None:
    """Print a line on stdout, or with `err` on stderr. Control characters are escaped."""
    click.echo(printable(text), err=err)


def write_file(path: Path, content: bytes) -> None:
    """Write the file, and make its folder if there is none. Raises `click.FileError`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise click.FileError(str(path), error.strerror) from error
