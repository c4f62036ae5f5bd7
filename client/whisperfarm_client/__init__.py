"""whisper-remote: the `whisper` command, whose work is done by a farm.

Standard library and contract only. It is started once per recording, so modules that are slow to
import (dataclasses, typing's heavier relatives, the formats) wait until the audio is on its way.
"""

VERSION = "0.1.0"
