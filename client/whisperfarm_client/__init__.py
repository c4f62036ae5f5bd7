"""whisper-remote: the `whisper` command, whose work is done by a farm.

Standard library and contract only. It is started once per recording, so modules that are slow to
import (dataclasses, typing's heavier relatives, the formats) wait until the audio is on its way.

- `command`, `flags`, `arg_types`, `durations`, `settings`, `address`: command line, environment
- `run`: one recording after the other
- `audio_file`: the file to send
- `api`, `retry`, `transport`, `responses`: requests to the farm
- `results`, `output`, `terminal`: files that are written, and what is printed
- `errors`, `signals`: how it ends when something goes wrong
"""

VERSION = "0.1.0"
