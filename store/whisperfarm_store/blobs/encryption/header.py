"""The header of an encrypted blob.

```
 8 bytes  MAGIC
 1 byte   version
64 bytes  id of the master key in ASCII, filled up with zeros
12 bytes  nonce
48 bytes  the data key of 32 bytes, encrypted by the master key with AES-256-GCM
```
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO

from whisperfarm_store.blobs.encryption.problems import damaged

MAGIC = b"\x89WFENC\r\n"
"""No recording or transcript begins with it: a first byte above 127, as PNG has, and a line end."""
VERSION = 1
MAX_KEY_ID_LENGTH = 64
_LAYOUT = struct.Struct(f">{len(MAGIC)}sB{MAX_KEY_ID_LENGTH}s12s48s")
HEADER_BYTES = _LAYOUT.size


@dataclass(frozen=True, slots=True)
class Header:
    """What is before the chunks: the data key, encrypted by the master key `key_id`."""

    key_id: str
    nonce: bytes
    wrapped_key: bytes

    def to_bytes(self) -> bytes:
        key_id = self.key_id.encode("ascii")
        return _LAYOUT.pack(MAGIC, VERSION, key_id, self.nonce, self.wrapped_key)


def read_header(file: BinaryIO, blob: str) -> Header | None:
    """Read the header from the start of a blob, or return `None` for a plain one, of which nothing
    is skipped. Raises `BlobDamaged` if it is cut off, or of an unknown version."""
    data = file.read(HEADER_BYTES)
    if not data.startswith(MAGIC):
        file.seek(0)
        return None
    if len(data) < HEADER_BYTES:
        raise damaged(blob, "its header is cut off")
    _, version, key_id, nonce, wrapped_key = _LAYOUT.unpack(data)
    if version != VERSION:
        raise damaged(blob, f"its header has version {version} instead of {VERSION}")
    return Header(key_id.rstrip(b"\0").decode("ascii", "backslashreplace"), nonce, wrapped_key)
