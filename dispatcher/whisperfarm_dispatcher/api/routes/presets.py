"""`/v1/presets`: the presets that a job may name as its model."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from whisperfarm_contract.presets import PRESETS, Preset
from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.openapi import endpoints

router = APIRouter(prefix="/v1/presets", tags=["jobs"])


@router.get("", summary="List presets", **endpoints.PRESETS)
def list_presets(deps: Deps, _tenant: Tenant) -> JSONResponse:
    """Returns the presets of this farm, those that it serves first.

    `is_default` is the one of jobs that name no model. `languages` is empty if the preset supports
    every language of Whisper. A preset that is not served has no workers here.
    """
    others = {name: preset for name, preset in PRESETS.items() if name not in deps.presets}
    default = next(iter(deps.presets))
    return JSONResponse(
        {
            "presets": [
                {
                    **_to_wire(preset),
                    "is_served": name in deps.presets,
                    "is_default": name == default,
                }
                for name, preset in {**deps.presets, **others}.items()
            ]
        }
    )


def _to_wire(preset: Preset) -> dict[str, Any]:
    return {
        "name": preset.name,
        "description": preset.description,
        "models": {
            "voice_activity": preset.vad or None,
            "speech": preset.asr,
            "aligner": preset.aligner or None,
            "diarizer": preset.diarizer if preset.diarize else None,
        },
        "align": preset.align,
        "diarize": preset.diarize,
        "languages": list(preset.languages),
    }
