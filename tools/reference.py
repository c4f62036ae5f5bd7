"""Writes the tables of docs/ that are generated from the code: `make docs`.

A table is between `<!-- table: NAME -->` and `<!-- end of table -->`, and a function in `TABLES`
generates it. With `--check`, nothing is written and the exit code is 1 if a page is out of date.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fastapi.routing import iter_route_contexts

from whisperfarm.commands.settings import SETTINGS_CLASSES
from whisperfarm.markdown import table
from whisperfarm.permissions import COMMANDS
from whisperfarm.settings_table import markdown
from whisperfarm_contract import language_choice, problems, schema_fields
from whisperfarm_contract.field_types import JsonObject
from whisperfarm_contract.formats import SubtitleOptions
from whisperfarm_contract.job_labels import JobLabels
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.options import Options
from whisperfarm_contract.outcomes import AttemptOutcome
from whisperfarm_contract.permissions import ROLES, Permission
from whisperfarm_contract.presets import PRESETS
from whisperfarm_contract.problems import PROBLEMS
from whisperfarm_contract.states import TRANSITIONS, JobState
from whisperfarm_dispatcher.amqp.schema import json_schema
from whisperfarm_dispatcher.api.facades.asr_webservice import fields as asr_webservice
from whisperfarm_dispatcher.api.facades.deepgram import description as deepgram
from whisperfarm_dispatcher.api.facades.linto import fields as linto
from whisperfarm_dispatcher.api.facades.openai import fields as openai
from whisperfarm_dispatcher.api.permissions import MESSAGES, ROUTES
from whisperfarm_dispatcher.app import ROUTERS
from whisperfarm_store.blobs import (
    BlobDamaged,
    BlobNotEncrypted,
    BlobNotFound,
    EncryptionKeyMissing,
)
from whisperfarm_store.events import CATALOGUE, Event
from whisperfarm_store.metrics.definitions import METRICS

DOCS = Path(__file__).parent.parent / "docs"
OF_BLOBS = (BlobNotFound, BlobDamaged, BlobNotEncrypted, EncryptionKeyMissing)
MESSAGE_SCHEMA = DOCS / "schemas" / "job-message.json"

_TABLE = re.compile(r"(<!-- table: ([a-z-]+) -->\n).*?(<!-- end of table -->)", re.DOTALL)


def main() -> None:
    """Write the files that have changed; with `--check`, only list them."""
    check = sys.argv[1:] == ["--check"]
    outdated = [(path, text) for path, text in _files() if _read(path) != text]
    for path, text in outdated:
        print(f"{path.relative_to(DOCS.parent)}: {'out of date' if check else 'written'}")
        if not check:
            path.write_text(text, encoding="utf-8")
    sys.exit(1 if check and outdated else 0)


def _files() -> Iterator[tuple[Path, str]]:
    for page in sorted(DOCS.rglob("*.md")):
        yield page, current(page)
    yield MESSAGE_SCHEMA, json.dumps(json_schema(), indent=2) + "\n"


def current(page: Path) -> str:
    """Return the page with tables generated from the current code.

    Raises `KeyError` if the page has a table that `TABLES` lacks.
    """
    return _TABLE.sub(lambda found: found[1] + TABLES[found[2]]() + found[3], _read(page))


def _read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _fields(declared: type) -> str:
    schemas = schema_fields.properties(declared)
    rows = (
        (f"`{name}`", _values(schema), _default(schema), schema["description"])
        for name, schema in schemas.items()
    )
    return table(("option", "values", "default", "meaning"), rows)


def _values(schema: Mapping[str, Any]) -> str:
    """Describe the values that a schema allows, in a few words."""
    match schema:
        case {"enum": [language_choice.AUTO, *codes]}:
            return f"`{language_choice.AUTO}`, or one of {len(codes)} codes"
        case {"enum": values}:
            return ", ".join(f"`{value}`" for value in values)
        case {"type": "boolean"}:
            return "`true`, `false`"
        case {"type": "object"}:
            limits = JsonObject()
            return f"JSON, up to {limits.max_bytes >> 10} KiB, nested {limits.max_depth} deep"
        case {"type": "string", "maxLength": length}:
            return f"text, up to {length} characters"
        case {"type": kind, "minimum": minimum, "maximum": maximum}:
            return f"{kind}, {minimum:g} to {maximum:.7g}"
    raise ValueError(f"the schema {schema} is not supported; add a case for it")


def _default(schema: Mapping[str, Any]) -> str:
    if "default" not in schema:
        return "-"
    value = schema["default"]
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _presets() -> str:
    rows = (
        (
            f"`{preset.name}`",
            f"`{preset.asr}`",
            preset.vad or "of the engine",
            "yes" if preset.align else "no",
            "yes" if preset.diarize else "no",
            ", ".join(preset.languages) or "all",
            f"{preset.window_s:g}",
        )
        for preset in PRESETS.values()
    )
    head = (
        "preset", "speech model", "voice activity", "word times", "speakers", "languages",
        "window, s",
    )  # fmt: skip
    return table(head, rows)


def _problems() -> str:
    """Return the problems that callers can see: the contract's and the blob store's."""
    seen_by_callers = (
        one for one in PROBLEMS.values() if one.__module__ == problems.__name__ or one in OF_BLOBS
    )
    rows = (
        (f"`{one.name}`", str(one.status), one.title(), str(one.exit_code))
        for one in seen_by_callers
    )
    return table(("name", "status", "meaning", "exit"), rows)


def _metrics() -> str:
    rows = (
        (
            f"`{metric.name}`",
            ", ".join(metric.labels) or "-",
            ", ".join(metric.components),
            metric.description,
        )
        for metric in METRICS
    )
    return table(("metric", "labels", "component", "meaning"), rows)


def _log_events() -> str:
    return table(("event", "level", "component", "fields", "meaning"), map(_event_row, CATALOGUE))


def _event_row(event: Event[Any]) -> tuple[str, ...]:
    fields = (*event.fields, *(("exception",) if event.traceback else ()))
    components = ", ".join(event.components)
    return f"`{event.name}`", event.level_name, components, ", ".join(fields) or "-", event.meaning


def _lifecycle() -> str:
    """Return the states and their transitions as a diagram and as a table."""
    arrows = sorted({f"    {one.current} --> {one.following}\n" for one in TRANSITIONS})
    ends = [f"    {state} --> [*]\n" for state in JobState if state.is_final]
    diagram = "".join(["stateDiagram-v2\n", "    [*] --> queued\n", *arrows, *ends])
    rows = (
        (f"`{one.current}`", f"`{one.following}`", one.component, one.condition, f"`{one.event}`")
        for one in TRANSITIONS
    )
    transitions = table(("from", "to", "made by", "when", "log event"), rows)
    return f"```mermaid\n{diagram}```\n\n{transitions}"


def _roles() -> str:
    rows = (
        (f"`{one}`", *("yes" if one in granted else "-" for granted in ROLES.values()))
        for one in Permission
    )
    return table(("permission", *(f"`{role}`" for role in ROLES)), rows)


def _routes() -> str:
    routes = (one for router in ROUTERS for one in iter_route_contexts(router.routes))
    rows = (
        (f"`{method} {one.path}`", _permission(ROUTES[one.name or ""]))
        for one in routes
        for method in sorted(one.methods or ())
    )
    return table(("request", "permission"), rows)


def _commands() -> str:
    rows = ((f"`whisperfarm {words}`", _permission(one)) for words, one in COMMANDS.items())
    return table(("command", "permission of its key"), rows)


_ASKED = MappingProxyType(
    {"job": "a job", "result": "the transcript in its reply queue (`result=inline` or `link`)"}
)


def _messages() -> str:
    rows = ((_ASKED[part], _permission(one)) for part, one in MESSAGES.items())
    return table(("message that asks for", "permission"), rows)


def _permission(permission: Permission | None) -> str:
    return "no key" if permission is None else f"`{permission}`"


_FACADES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "[OpenAI](../how-to/openai.md)": openai.FIELDS,
        "[Deepgram](../how-to/deepgram.md)": deepgram.FIELDS,
        "[whisper-asr-webservice](../how-to/bazarr.md)": asr_webservice.FIELDS,
        "[LinTO](../how-to/linto.md)": linto.FIELDS,
    }
)
"""The fields of each façade and their effects."""


def _facades() -> str:
    rows = (
        (facade, f"`{name}`", effect)
        for facade, effects in _FACADES.items()
        for name, effect in effects.items()
    )
    return table(("API", "field", "effect"), rows)


def _effects(effects: Mapping[str, str]) -> str:
    rows = ((f"`{name}`", effect) for name, effect in effects.items())
    return table(("field", "effect"), rows)


TABLES: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "asr-webservice-fields": lambda: _effects(asr_webservice.FIELDS),
        "commands": _commands,
        "facades": _facades,
        "lifecycle": _lifecycle,
        "linto-fields": lambda: _effects(linto.FIELDS),
        "log-events": _log_events,
        "messages": _messages,
        "metrics": _metrics,
        "openai-fields": lambda: _effects(openai.FIELDS),
        "options": lambda: _fields(Options),
        "outcomes": lambda: table(
            ("outcome", "meaning"), ((f"`{one}`", one.meaning) for one in AttemptOutcome)
        ),
        "policy": lambda: _fields(JobPolicy),
        "labels": lambda: _fields(JobLabels),
        "presets": _presets,
        "problems": _problems,
        "roles": _roles,
        "routes": _routes,
        "settings": lambda: markdown(SETTINGS_CLASSES),
        "subtitle-options": lambda: _fields(SubtitleOptions),
    }
)

if __name__ == "__main__":
    main()
