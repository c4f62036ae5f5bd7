"""Images for the tests of this folder: `make test-images` builds them, other runs skip."""

import os
import uuid
from pathlib import Path

import pytest

from tests.images.builder import (
    TAGS,
    Secrets,
    build,
    ensure_base,
    machine_secrets,
    missing_tool,
    say,
)
from tests.images.layers import table

_BUILT: list[str] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the tests with a reason where nothing can be built."""
    reason = "images take many minutes to build: make test-images"
    if os.environ.get("TEST_IMAGES"):
        reason = missing_tool() or ""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.timeout(3600))
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the sizes of images and layers."""
    for kind in _BUILT:
        terminalreporter.write_line(table(TAGS[kind]))


@pytest.fixture(scope="session")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Secrets:
    return machine_secrets(tmp_path_factory.mktemp("secrets"), f"mark-{uuid.uuid4().hex}")


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> None:
    say("preparing the base image")
    ensure_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="session")
def dispatcher_image(base: None, secrets: Secrets) -> str:
    return _build("dispatcher", secrets)


@pytest.fixture(scope="session")
def worker_image(base: None, secrets: Secrets) -> str:
    return _build("cpu", secrets)


@pytest.fixture(scope="session")
def gpu_image(worker_image: str, secrets: Secrets) -> str:
    """Build the GPU image on the base of the other images, with the layers of the CPU image."""
    return _build("gpu", secrets)


@pytest.fixture(scope="session")
def edge_image(base: None, secrets: Secrets) -> str:
    return _build("edge", secrets)


@pytest.fixture(params=["dispatcher_image", "worker_image", "gpu_image", "edge_image"])
def image(request: pytest.FixtureRequest) -> str:
    """Return each image in turn."""
    tag: str = request.getfixturevalue(request.param)
    return tag


def _build(kind: str, secrets: Secrets) -> str:
    say(f"building {TAGS[kind]}: minutes, the first time")
    tag = build(kind, secrets)
    _BUILT.append(kind)
    return tag
