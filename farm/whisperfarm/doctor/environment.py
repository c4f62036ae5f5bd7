"""Checks the names of environment variables."""

import difflib
from collections.abc import Iterable, Mapping

from pydantic_settings import BaseSettings

from whisperfarm.doctor.finding import Finding, ok, warn
from whisperfarm.settings_table import rows
from whisperfarm.supervisor.parent_watch import SUPERVISOR_PID_VARIABLE
from whisperfarm_client import settings as client
from whisperfarm_store.settings import PREFIX

_READ_WITHOUT_A_SETTING = frozenset({*client.VARIABLES, SUPERVISOR_PID_VARIABLE})
"""Variables of the client, and the one that `whisperfarm up` sets for its child processes."""


def settings_names(
    environment: Mapping[str, str], settings_classes: Iterable[type[BaseSettings]]
) -> Finding:
    """Report variables that start with `WHISPERFARM_` and that nothing reads: likely typos."""
    known = {row.variable for row in rows(settings_classes)} | _READ_WITHOUT_A_SETTING
    unknown = sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
    if not unknown:
        return ok("settings", "every WHISPERFARM_ variable is known")
    return warn("settings", f"nothing reads {', '.join(unknown)}", hint=_advice(unknown[0], known))


def _advice(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {close[0]}?" if close else "`whisperfarm settings` lists all settings"
