"""The files in docker/."""

import importlib.util
from pathlib import Path
from types import ModuleType

from tests.support.project import ROOT

DOCKER = ROOT / "docker"
DOCKERFILES = sorted(DOCKER.glob("Dockerfile.*"))


def script(path: str) -> ModuleType:
    """Import a script of docker/ as a module."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, DOCKER / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
