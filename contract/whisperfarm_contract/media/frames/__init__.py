"""Frame headers of audio streams without a container: MPEG audio, ADTS, LOAS, AC-3, E-AC-3, DTS.

- `frame`: what a header says
- `mpeg`, `aac`, `ac3`, `dts`: a parser for each kind of stream
- `parsers`: all parsers, and where a frame may start
- `streams`: find a stream in data and follow its frames
"""

from whisperfarm_contract.media.frames.aac import adts
from whisperfarm_contract.media.frames.frame import Frame
from whisperfarm_contract.media.frames.mpeg import mpeg
from whisperfarm_contract.media.frames.parsers import HEADER_BYTES, PARSERS
from whisperfarm_contract.media.frames.streams import Stream, find, follow

__all__ = ["HEADER_BYTES", "PARSERS", "Frame", "Stream", "adts", "find", "follow", "mpeg"]
