"""whisper-remote: the `whisper` command, run on a farm.

Depends on the standard library and the contract only. A recording server starts the command once
per recording, so modules that are slow to import (dataclasses, the output formats) are imported
after the audio has been sent, or not at all.

- `command`, `flags`, `arg_types`, `durations`, `settings`, `address`: command line, environment
- `run`: transcribes one recording after the other
- `audio_file`: the file to send
- `api`, `retry`, `transport`, `connecting`, `limited_socket`: requests to the farm
- `responses`, `documents`: what the farm answered, and checks of it
- `results`, `output_names`, `output`, `terminal`: output files and printed text
- `errors`, `signals`: problems of the client, messages, signals
"""

VERSION = "0.1.0"
