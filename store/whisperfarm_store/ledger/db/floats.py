"""A column of floats: little-endian float32 in bytes."""

import struct
from collections.abc import Sequence

from sqlalchemy import Dialect, LargeBinary, TypeDecorator

FLOAT_BYTES = 4


class Floats(TypeDecorator[list[float]]):
    """Lists of floats, which rows and backups have as lists. Only numbers can be read from it."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Sequence[float] | None, dialect: Dialect) -> bytes | None:
        del dialect
        return None if value is None else struct.pack(f"<{len(value)}f", *value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> list[float] | None:
        del dialect
        if value is None:
            return None
        return list(struct.unpack(f"<{len(value) // FLOAT_BYTES}f", bytes(value)))
