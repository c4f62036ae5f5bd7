"""Finds the encryption of the audio tracks of a Matroska or WebM file."""

from collections.abc import Iterator

from whisperfarm_contract.media.seekable import Seekable

_SEGMENT, _TRACKS, _TRACK = 0x18538067, 0x1654AE6B, 0xAE
_TRACK_TYPE, _ENCODINGS, _ENCODING, _ENCRYPTION = 0x83, 0x6D80, 0x6240, 0x5035
_AUDIO = b"\x02"

_MAX_ELEMENTS = 10_000
_MAX_HEADER_BYTES = 12


class _Budget:
    """Number of elements that may still be read; a malicious file has millions."""

    elements = _MAX_ELEMENTS


def find(file: Seekable, start: int, size_bytes: int) -> str | None:
    """Return the name of the encryption if the file at `start` has audio tracks, all encrypted."""
    budget = _Budget()
    tracks = [
        _is_encrypted(file, at, to, budget)
        for at, to in _descendants(file, [(start, size_bytes)], _SEGMENT, _TRACKS, _TRACK,
                                   budget=budget)
        if _is_audio(file, at, to, budget)
    ]  # fmt: skip
    return "Matroska ContentEncryption" if tracks and all(tracks) else None


def _is_audio(file: Seekable, start: int, end: int, budget: _Budget) -> bool:
    for at, _ in _descendants(file, [(start, end)], _TRACK_TYPE, budget=budget):
        file.seek(at)
        return file.read(1) == _AUDIO
    return False


def _is_encrypted(file: Seekable, start: int, end: int, budget: _Budget) -> bool:
    path = (_ENCODINGS, _ENCODING, _ENCRYPTION)
    return any(True for _ in _descendants(file, [(start, end)], *path, budget=budget))


def _descendants(
    file: Seekable, level: list[tuple[int, int]], *names: int, budget: _Budget
) -> Iterator[tuple[int, int]]:
    """Yield the start and the end of the content of the elements at a path of names.

    The first `Tracks` suffice, so what follows the first element of the last but one name is not
    read: a segment of unknown size has no end before that of the file.
    """
    name, *rest = names
    for start, end in level:
        for found, at, to in _elements(file, start, end, budget):
            if found != name:
                continue
            if not rest:
                yield at, to
                continue
            yield from _descendants(file, [(at, to)], *rest, budget=budget)
            if name in (_SEGMENT, _TRACKS):
                return


def _elements(
    file: Seekable, start: int, end: int, budget: _Budget
) -> Iterator[tuple[int, int, int]]:
    """Yield the name, the start and the end of the content of each element."""
    at = start
    while at < end and budget.elements > 0:
        budget.elements -= 1
        file.seek(at)
        header = file.read(_MAX_HEADER_BYTES)
        name_bytes = _number_bytes(header)
        size_bytes = _number_bytes(header[name_bytes:])
        content = at + name_bytes + size_bytes
        if not name_bytes or not size_bytes or len(header) < name_bytes + size_bytes:
            return
        mask = (1 << 7 * size_bytes) - 1
        size = int.from_bytes(header[name_bytes : name_bytes + size_bytes], "big") & mask
        at = end if size == mask else min(content + size, end)
        yield int.from_bytes(header[:name_bytes], "big"), content, at


def _number_bytes(data: bytes) -> int:
    """Return the size of the number at the start of `data`; 0 if it is not one."""
    return 9 - data[0].bit_length() if data and data[0] else 0
