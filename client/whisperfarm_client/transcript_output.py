"""What the command writes and prints of a transcript."""

import sys
from collections.abc import Mapping
from typing import Any

from whisperfarm_client import errors, output, output_names, results
from whisperfarm_client.report import Report
from whisperfarm_client.settings import Settings


def write(document: Mapping[str, Any], path: str, settings: Settings) -> None:
    """Write the files of the recording at the path. Raises `OutputNotWritable`, `BadResponse`."""
    for file in results.files(document, settings.output_format, settings.subtitle_options):
        name = output_names.output_path(path, settings.output_dir, file.extension)
        output.write(name, file.content)


def print_to(report: Report, document: Mapping[str, Any], path: str, settings: Settings) -> None:
    """Print the warnings, which most formats lack, and the segments as `whisper` does.

    By default, the segments are printed only if stdout is a terminal. `--verbose False` prints
    nothing.
    """
    if settings.verbose is not False:
        for warning in document["warnings"]:
            report.print_error(errors.format_warning(warning, subject=path))
    if sys.stdout.isatty() if settings.verbose is None else settings.verbose:
        for text in results.lines(document):
            report.print_line(text)
