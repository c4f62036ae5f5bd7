"""The table of permissions has exactly the routes of the application."""

from pathlib import Path

from fastapi.routing import iter_route_contexts

from whisperfarm_dispatcher.api.permissions import ROUTES
from whisperfarm_dispatcher.app import create_app
from whisperfarm_dispatcher.settings import DispatcherSettings


def test_each_route_has_a_permission(tmp_path: Path) -> None:
    app = create_app(DispatcherSettings(data_dir=tmp_path))
    contexts = iter_route_contexts(app.routes)
    assert {one.name for one in contexts} - {"openapi"} == ROUTES.keys()


def test_each_route_that_needs_a_key_is_described_as_such(tmp_path: Path) -> None:
    paths = create_app(DispatcherSettings(data_dir=tmp_path)).openapi()["paths"]
    operations = [one for methods in paths.values() for one in methods.values()]
    for operation in operations:
        assert ("security" in operation) == (ROUTES[operation["operationId"]] is not None)
