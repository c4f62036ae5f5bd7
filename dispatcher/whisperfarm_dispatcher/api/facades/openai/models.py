"""The presets as OpenAI lists models."""

from collections.abc import Iterator
from typing import Any

from whisperfarm_contract.problems import UnknownModel
from whisperfarm_dispatcher.api.facades.models import preset_name
from whisperfarm_dispatcher.dependencies import Dependencies


def list_models(deps: Dependencies) -> dict[str, Any]:
    """Return the served presets, and the aliases that stand for one name."""
    return {"object": "list", "data": [_model(name) for name in _names(deps)]}


def get_model(deps: Dependencies, name: str) -> dict[str, Any]:
    """Return a preset or an alias. Raises `UnknownModel`."""
    if preset_name(name, deps.presets, deps.settings.aliases) not in deps.presets:
        raise UnknownModel(
            f"the model {name!r} is not served by this farm; it serves {', '.join(deps.presets)}"
        )
    return _model(name)


def _names(deps: Dependencies) -> Iterator[str]:
    yield from deps.presets
    for pattern in deps.settings.aliases:
        if "*" not in pattern and pattern not in deps.presets:
            yield pattern


def _model(name: str) -> dict[str, Any]:
    # The farm does not know when the model was made, and clients require the member.
    return {"id": name, "object": "model", "created": 0, "owned_by": "whisperfarm"}
