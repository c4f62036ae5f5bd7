"""A regular expression of the operator: one step per character and state, never more.

RE2 runs it, without backtracking and without the interpreter's lock (decision 0264).
"""

import hashlib
import time
from collections.abc import Callable, Iterator

from whisperfarm_store import events
from whisperfarm_store.redaction.expression import compile_expression

MAX_CPU_S = 1.0
"""Longest search of one text. Many matches, of which each looks far ahead, can take longer."""

DATA = "data"
"""The group that is masked instead of the whole match."""


class Pattern:
    """Finds the data of a kind. Upper and lower case are the same."""

    def __init__(
        self, kind: str, expression: str, *, cpu_s: Callable[[], float] = time.thread_time
    ) -> None:
        """Compile the expression. Raises `InvalidSettings` if it is wrong, large or empty."""
        self.expression = expression
        self._kind, self._cpu_s = kind, cpu_s
        self._compiled = compile_expression(expression)
        self._data = self._compiled.groupindex.get(DATA, 0)

    @property
    def digest(self) -> str:
        """The SHA-256 of the expression, in hexadecimal digits."""
        return hashlib.sha256(self.expression.encode()).hexdigest()

    def __call__(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the spans of the data. After `MAX_CPU_S` seconds, the rest of the text is one."""
        until, end = self._cpu_s() + MAX_CPU_S, 0
        encodable = text.encode("utf-8", "replace").decode()  # of the same length
        for found in self._compiled.finditer(encodable):
            start, end = found.span(self._data)
            yield (start, end) if start < end else found.span()
            end = found.end()
            if self._cpu_s() > until:
                events.redaction.pattern_stopped.log(kind=self._kind, characters=len(text))
                yield end, len(text)
                return
