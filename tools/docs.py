"""Writes the tables of docs/reference that are made from the code: `make docs` runs it.

Each table lies between two comments of its page. `tests/unit/farm/test_documents.py` fails if a
page is not up to date.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from whisperfarm.commands.settings import KINDS
from whisperfarm.settings_table import markdown
from whisperfarm_store.events import CATALOGUE
from whisperfarm_store.metrics.definitions import METRICS

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"
BEGIN = "<!-- The table is written by `make docs`. -->"
END = "<!-- end of the table -->"


def log_events() -> str:
    """Return the table of all log events."""
    return _table(
        ("event", "level", "component", "fields", "meaning"),
        (
            (
                f"`{event.name}`",
                event.level_name,
                ", ".join(event.components),
                ", ".join((*event.fields, *(("exception",) if event.traceback else ()))) or "-",
                event.meaning,
            )
            for event in CATALOGUE
        ),
    )


def metrics() -> str:
    """Return the table of all metrics."""
    return _table(
        ("metric", "labels", "component", "meaning"),
        (
            (
                f"`{metric.name}`",
                ", ".join(metric.labels) or "-",
                ", ".join(metric.components),
                metric.description,
            )
            for metric in METRICS
        ),
    )


def settings() -> str:
    """Return the table of all settings."""
    return markdown(KINDS)


TABLES: Mapping[str, Callable[[], str]] = MappingProxyType(
    {"log-events.md": log_events, "metrics.md": metrics, "settings.md": settings}
)
"""The pages, and what makes the table of each."""


def refreshed(page: str, table: str) -> str:
    """Return the page with this table in place of the one that it has."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table}\n{END}{after}"


def main() -> None:
    """Write all pages."""
    for name, table in TABLES.items():
        path = REFERENCE / name
        page = path.read_text(encoding="utf-8")
        path.write_text(refreshed(page, table()), encoding="utf-8")


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (head, ("---",) * len(head), *rows)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    main()
