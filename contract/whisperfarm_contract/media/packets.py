"""Packets of MPEG transport and program streams, which a capture may cut anywhere."""

_SYNC = 0x47
_PACKET_BYTES = (188, 192, 204)
"""Sizes of a packet: plain, with a time stamp before it, and with error correction after it."""

_LEAST, _MOST = 3, 8
"""Packets that must follow each other: at least, and if the data has this many."""

_PACK = b"\x00\x00\x01\xba"


def find_transport_stream(data: bytes) -> int | None:
    """Return the offset of the first packet, or `None` if `data` is not a transport stream."""
    at = data.find(_SYNC)
    while at >= 0:
        if any(_are_packets(data[at : at + _MOST * size : size]) for size in _PACKET_BYTES):
            return at
        at = data.find(_SYNC, at + 1)
    return None


def _are_packets(syncs: bytes) -> bool:
    return len(syncs) >= _LEAST and syncs == bytes([_SYNC]) * len(syncs)


def find_program_stream(data: bytes) -> int | None:
    """Return the offset of the first of two packs, or `None` if `data` is not a program stream."""
    first = _find_pack(data, 0)
    return None if first is None or _find_pack(data, first + 1) is None else first


def _find_pack(data: bytes, start: int) -> int | None:
    at = data.find(_PACK, start)
    while 0 <= at < len(data) - len(_PACK):
        mark = data[at + len(_PACK)]
        if mark >> 6 == 1 or mark >> 4 == 2:  # MPEG-2, MPEG-1
            return at
        at = data.find(_PACK, at + 1)
    return None
