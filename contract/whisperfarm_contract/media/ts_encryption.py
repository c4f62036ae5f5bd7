"""Finds the encryption of the sound in an MPEG transport stream, such as a segment of HLS."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from whisperfarm_contract.media.recognition import SNIFF_BYTES
from whisperfarm_contract.media.seekable import Seekable

_SYNC = 0x47
_PACKET_SIZES = (188, 192, 204)
_PACKET_BYTES = 188
_HAS_PAYLOAD, _HAS_ADAPTATION = 0x10, 0x20
_FIRST_PID, _LAST_PID = 0x20, 0x1FFE

_AUDIO_PES = re.compile(rb"\x00\x00\x01[\xbd\xc0-\xdf\xfd]")
_MIN_SCRAMBLED = 4
"""Packets of which damage may change a few."""

_PROGRAM_MAP = b"\x02"
_SECTION_HEADER_BYTES = 12
_SAMPLE_AES = {0xC1, 0xC2, 0xCF}
"""Types of streams with AC-3, E-AC-3 or AAC in HLS Sample-AES."""

_PLAIN_AUDIO = {0x03, 0x04, 0x0F, 0x11, 0x81, 0x87}


@dataclass(frozen=True, slots=True)
class _Packet:
    pid: int
    starts_unit: bool
    is_scrambled: bool
    payload: bytes


def find(file: Seekable, start: int, _: int) -> str | None:
    """Return the name of the encryption if the stream at `start` has no audio that is not
    encrypted."""
    file.seek(start)
    packets = list(_packets(file.read(SNIFF_BYTES)))
    kinds = {kind for packet in packets for kind in _stream_kinds(packet)}
    if kinds & _SAMPLE_AES and not kinds & _PLAIN_AUDIO:
        return "HLS Sample-AES"
    scrambled = sum(packet.is_scrambled for packet in packets)
    has_plain_audio = any(
        packet.starts_unit and not packet.is_scrambled and _AUDIO_PES.match(packet.payload)
        for packet in packets
    )
    if scrambled < _MIN_SCRAMBLED or has_plain_audio:
        return None
    return "scrambled packets of a transport stream"


def _packets(data: bytes) -> Iterator[_Packet]:
    size = next((one for one in _PACKET_SIZES if data[one : one + 1] == bytes([_SYNC])), None)
    if size is None:
        return
    for at in range(0, len(data) - _PACKET_BYTES + 1, size):
        packet = data[at : at + _PACKET_BYTES]
        flags = packet[3]
        if packet[0] != _SYNC or not flags & _HAS_PAYLOAD:
            continue
        payload_at = 5 + packet[4] if flags & _HAS_ADAPTATION else 4
        pid = (packet[1] & 0x1F) << 8 | packet[2]
        is_scrambled = bool(flags >> 6) and _FIRST_PID <= pid <= _LAST_PID
        yield _Packet(pid, bool(packet[1] & 0x40), is_scrambled, packet[payload_at:])


def _stream_kinds(packet: _Packet) -> Iterator[int]:
    """Yield the types of the streams of the program map that starts in this packet."""
    section = packet.payload[1 + packet.payload[0] :] if packet.payload else b""
    if packet.payload[:3] == b"\x00\x00\x01":  # a packet of a stream, and not of a table
        return
    if not packet.starts_unit or packet.is_scrambled or section[:1] != _PROGRAM_MAP:
        return
    if len(section) < _SECTION_HEADER_BYTES:
        return
    end = 3 + ((section[1] & 0x0F) << 8 | section[2]) - 4
    at = _SECTION_HEADER_BYTES + ((section[10] & 0x0F) << 8 | section[11])
    while at + 5 <= min(end, len(section)):
        yield section[at]
        at += 5 + ((section[at + 3] & 0x0F) << 8 | section[at + 4])
