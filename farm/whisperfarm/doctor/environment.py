"""Checks of the environment: settings that nobody reads."""

import difflib
from collections.abc import Iterable, Mapping

from pydantic_settings import BaseSettings

from whisperfarm.doctor.finding import Finding, good, note
from whisperfarm.settings_table import rows
from whisperfarm_store.settings import PREFIX

_CLIENTS_OWN = frozenset(
    PREFIX + name
    for name in (
        "URL", "API_KEY", "API_KEY_FILE", "TIMEOUT", "CONNECT_TIMEOUT", "CA_FILE", "SAMPLE_RATE",
        "SILENCE_TEXT", "SUPERVISOR_PID", "DEADLINE", "CACHE",
    )
)  # fmt: skip


def settings_names(environment: Mapping[str, str], kinds: Iterable[type[BaseSettings]]) -> Finding:
    """Variables that begin as ours do and that no part reads: most often a slip of the pen."""
    known = {row.variable for row in rows(kinds)} | _CLIENTS_OWN
    strange = sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
    if not strange:
        return good("settings", "every WHISPERFARM_ variable is one that the farm reads")
    return note("settings", f"nothing reads {', '.join(strange)}", mend=_advice(strange[0], known))


def _advice(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {close[0]}?" if close else "docs/settings.md lists all settings"
