"""Reads the YAML document of the operator's patterns, with limits."""

from pathlib import Path
from typing import Any

import yaml

from whisperfarm_contract.problems import InvalidSettings

MAX_BYTES = 64 << 10


def load_document(path: Path) -> Any:
    """Return the content of the file. Raises `InvalidSettings`, also if a name is used twice."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise InvalidSettings(f"it is larger than {MAX_BYTES} bytes; shorten it")
        _check_names(yaml.compose(content, yaml.SafeLoader))
        return yaml.safe_load(content)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise InvalidSettings(f"it cannot be read: {error}") from error


def _check_names(node: Any) -> None:
    """Refuse two values for one name, of which YAML would keep the last."""
    if not isinstance(node, yaml.MappingNode):
        return
    names = [key.value for key, _ in node.value]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InvalidSettings(f"{twice!r} is used twice; choose another name")
    for _, value in node.value:
        _check_names(value)
