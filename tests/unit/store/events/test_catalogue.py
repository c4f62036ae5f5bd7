"""The catalogue of events agrees with the code that logs them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.project import PACKAGES, ROOT
from whisperfarm_contract.states import TRANSITIONS
from whisperfarm_store import events
from whisperfarm_store.events import CATALOGUE, Event

DECLARATIONS = ROOT / "store" / "whisperfarm_store" / "events"
DERIVED = {
    ROOT / "store" / "whisperfarm_store" / "metrics" / "events.py",
    ROOT / "store" / "whisperfarm_store" / "traces" / "events.py",
}
"""Modules that name events but do not log them."""

SENTENCES = {"Model loaded successfully", "Running in OFFLINE mode"}
"""Names that scripts of earlier deployments search for."""


def _sources() -> Iterator[Path]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if DECLARATIONS not in path.parents and path not in DERIVED:
                yield path


def _named(node: ast.AST) -> str | None:
    """Return `attempt.started` if the node is `events.attempt.started`, else None."""
    found = re.fullmatch(r"events\.(\w+\.\w+)", ast.unparse(node))
    return found[1] if found and isinstance(node, ast.Attribute) else None


TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in _sources()}
NODES = [node for tree in TREES.values() for node in ast.walk(tree)]
LOGGED = {name for node in NODES if isinstance(node, ast.Attribute) and (name := _named(node))}
CALLS = [
    (name, node)
    for node in NODES
    if isinstance(node, ast.Call)
    and isinstance(node.func, ast.Attribute)
    and node.func.attr == "log"
    and (name := _named(node.func.value))
]


def _declared(name: str) -> Any:
    noun, _, verb = name.partition(".")
    return getattr(getattr(events, noun, None), verb, None)


def test_code_logs_declared_events_only() -> None:
    loggers = {
        path.relative_to(ROOT).as_posix()
        for path, tree in TREES.items()
        if "structlog.get_logger" in ast.unparse(tree)
    }
    assert loggers == set()
    assert len(CALLS) > 80
    assert {name for name in LOGGED if not isinstance(_declared(name), Event)} == set()


def test_every_declared_event_is_logged() -> None:
    logged = {_declared(name) for name in LOGGED}
    assert [event.name for event in CATALOGUE if event not in logged] == []


@pytest.mark.parametrize(("name", "call"), CALLS, ids=[name for name, _ in CALLS])
def test_call_passes_declared_fields_by_keyword(name: str, call: ast.Call) -> None:
    assert call.args == []
    given = {keyword.arg for keyword in call.keywords if keyword.arg is not None}
    assert given <= set(_declared(name).fields)


def test_names_are_unique_and_have_a_noun_and_a_verb() -> None:
    names = {event.name for event in CATALOGUE}
    assert len(names) == len(CATALOGUE)
    assert {name for name in names if not re.fullmatch(r"[a-z_]+\.[a-z_]+", name)} == SENTENCES


@pytest.mark.parametrize("event", CATALOGUE, ids=lambda event: event.name)
def test_declaration_has_a_meaning_of_one_paragraph(event: Event[Any]) -> None:
    assert event.meaning.endswith(".")
    assert "|" not in event.meaning


def test_events_of_transitions_are_declared() -> None:
    assert {one.event for one in TRANSITIONS} <= {event.name for event in CATALOGUE}
