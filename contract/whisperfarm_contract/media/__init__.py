"""Recognises recordings by their bytes, never by their name.

- `recognition`: the container of a file, and where it starts
- `containers`: magic numbers of containers, and ffmpeg's demuxer for each
- `tags`: what precedes the audio, or lies between joined files
- `wrapped_wav`: a second WAV header before that of a recording
- `frames`, `packets`: streams that may be cut anywhere
- `seekable`: the port of files
- `headerless`: encodings that nothing in a file reveals
- `missing_header`: fragments that begin in the middle of a stream
- `encryption`: files that need a key; `mp4_encryption`, `asf_encryption`, `matroska_encryption`,
  `ts_encryption`

The decoder uses the demuxer of the detected container and no other, so that a playlist named
`.wav` never reaches a demuxer that would open the addresses in it.
"""

from whisperfarm_contract.media.containers import CONTAINERS, Container
from whisperfarm_contract.media.recognition import SNIFF_BYTES, Recognized, recognize
from whisperfarm_contract.media.seekable import Seekable

__all__ = ["CONTAINERS", "SNIFF_BYTES", "Container", "Recognized", "Seekable", "recognize"]
