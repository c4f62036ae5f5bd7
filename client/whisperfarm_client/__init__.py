"""The client: `Farm` for programs, and whisper-remote, the `whisper` command run on a farm.

Depends on the standard library and the contract only. A recording server starts the command once
per recording, so modules that are slow to import (dataclasses, the output formats) are imported
after the audio has been sent, or not at all.

- `command`, `flags`, `arg_types`, `durations`, `settings`, `call`, `address`, `api_key`: command
  line, environment and key file
- `run`, `outcome`: all recordings, and how they have ended
- `parallel_run`, `parallel_work`, `tasks`, `threads`, `pace`: several recordings at once
- `transcription`, `deadline`, `submission`, `accepted_job`, `transcript_output`, `report`: one
  recording
- `audio_file`, `legs`: the file to send, or several of one call
- `farm`, `api`, `farm_calls`, `speaker_calls`, `speaker_documents`, `events`: a farm and its calls
- `retried_requests`, `retry`, `transport`, `connecting`, `limited_socket`, `tls`,
  `http_import`: requests to the farm
- `responses`, `documents`, `farm_documents`: what the farm answered, and checks of it
- `results`, `output_names`, `output`, `terminal`: output files and printed text
- `errors`, `signals`: problems of the client, messages, signals
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from whisperfarm_client.farm import Farm
    from whisperfarm_client.legs import Leg

__all__ = ["VERSION", "Farm", "Leg"]

VERSION = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import classes where they are used: `whisper-remote --version` needs no HTTP."""
    if name == "Farm":
        from whisperfarm_client.farm import Farm

        return Farm
    if name == "Leg":
        from whisperfarm_client.legs import Leg

        return Leg
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
