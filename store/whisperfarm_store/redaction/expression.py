"""Compiles the operator's regular expressions, and refuses large ones (decision 0264)."""

import re2

from whisperfarm_contract.problems import InvalidSettings

MAX_STATES = 2000
"""Largest program of a pattern: each character of a text costs up to this many steps."""


def compile_expression(expression: str) -> "re2._Regexp":
    """Compile an expression of RE2 in any case. Raises `InvalidSettings`."""
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = 1 << 20
    try:
        compiled = re2.compile(expression, options)
    except UnicodeEncodeError:
        raise InvalidSettings("is not text") from None
    except re2.error as error:
        reason = error.args[0].decode(errors="replace")
        raise InvalidSettings(f"is not an expression of RE2: {reason}") from None
    if compiled.programsize > MAX_STATES:
        raise InvalidSettings(f"has {compiled.programsize} states, and {MAX_STATES} are allowed")
    if compiled.search("") is not None:
        raise InvalidSettings("also finds nothing at all: let it need a character")
    return compiled
