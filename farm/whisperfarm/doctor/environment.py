"""Checks the names of environment variables."""

import difflib
from collections.abc import Iterable, Mapping

from pydantic_settings import BaseSettings

from whisperfarm.doctor.finding import Finding, good, note
from whisperfarm.settings_table import rows
from whisperfarm.supervisor.parent_watch import SUPERVISOR
from whisperfarm_client import settings as client
from whisperfarm_store.settings import PREFIX

_READ_WITHOUT_A_SETTING = frozenset({*client.VARIABLES, SUPERVISOR})
"""Variables of the client, and the one that `whisperfarm up` sets for its child processes."""


def settings_names(environment: Mapping[str, str], kinds: Iterable[type[BaseSettings]]) -> Finding:
    """Report variables that start with `WHISPERFARM_` and that nothing reads: likely typos."""
    known = {row.variable for row in rows(kinds)} | _READ_WITHOUT_A_SETTING
    strange = sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
    if not strange:
        return good("settings", "every WHISPERFARM_ variable is known")
    return note("settings", f"nothing reads {', '.join(strange)}", mend=_advice(strange[0], known))


def _advice(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {close[0]}?" if close else "`whisperfarm settings` lists all settings"
