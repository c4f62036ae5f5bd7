"""Prints findings."""

from collections.abc import Iterable

import click

from whisperfarm.doctor.finding import Finding, Severity
from whisperfarm.output import print_line
from whisperfarm_contract.printable import printable

_COLOURS = {Severity.OK: "green", Severity.WARN: "yellow", Severity.FAIL: "red"}


def print_findings(findings: Iterable[Finding]) -> bool:
    """Print each finding once its check has ended. Returns whether none is bad."""
    healthy = True
    for finding in findings:
        _print(finding)
        healthy = healthy and finding.severity is not Severity.FAIL
    return healthy


def _print(finding: Finding) -> None:
    mark = click.style(f"{finding.severity:<4}", fg=_COLOURS[finding.severity])
    click.echo(f"{mark}  {printable(f'{finding.name:<9} {finding.text}')}")
    if hint := finding.hint:
        print_line(f"{'':<16}-> {hint}")
