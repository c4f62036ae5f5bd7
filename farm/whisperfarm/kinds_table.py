"""The table of the kinds of data that can be masked, the operator's first."""

from pathlib import Path

from whisperfarm.markdown import table
from whisperfarm_store.redaction.kinds import KINDS
from whisperfarm_store.redaction.pattern_file import read_patterns


def kinds_markdown(path: Path) -> str:
    """Return a Markdown table of the file's kinds and the built-in ones, in their order.

    Raises `InvalidSettings`.
    """
    own = [(f"`{name}`", _code(one.expression)) for name, one in read_patterns(path).items()]
    return table(("Kind", "Expression"), [*own, *((f"`{name}`", "built in") for name in KINDS)])


def _code(expression: str) -> str:
    """Return the expression on one line, as a cell of a table."""
    return f"`{' '.join(expression.split())}`"
