"""A layer over a blob store that encrypts what is written and decrypts what is read."""

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from whisperfarm_store.blobs.encryption.content import read_content
from whisperfarm_store.blobs.encryption.header import read_header
from whisperfarm_store.blobs.encryption.keyring import Keyring
from whisperfarm_store.blobs.encryption.layer import BlobLayer
from whisperfarm_store.blobs.encryption.problems import not_encrypted
from whisperfarm_store.blobs.encryption.sizes import content_size
from whisperfarm_store.blobs.encryption.writer import EncryptingWriter, encrypt
from whisperfarm_store.blobs.keys import validate_key
from whisperfarm_store.blobs.port import BlobNotFound, Blobs, BlobWriter


class EncryptedBlobs(BlobLayer):
    """The blobs in `stored`, encrypted. Plain ones, from before, are read as they are, or refused.

    `open`, `fetch` and `size` raise `EncryptionKeyMissing` and `BlobDamaged` too, and
    `BlobNotEncrypted` without `accepts_plain`.
    """

    def __init__(self, stored: Blobs, keys: Keyring, *, accepts_plain: bool = True) -> None:
        super().__init__(stored)
        self.keyring = keys
        self.accepts_plain = accepts_plain

    @contextmanager
    def writer(self, key: str) -> Iterator[BlobWriter]:
        with self.stored.writer(key) as target:
            writer = EncryptingWriter(target, self.keyring, key)
            yield writer
            writer.finish()

    def put(self, key: str, data: bytes) -> None:
        self.stored.put(key, encrypt(data, self.keyring, key))

    @contextmanager
    def open(self, key: str) -> Iterator[BinaryIO]:
        with self.stored.open(key) as file:
            yield read_content(file, key, self.keyring, accepts_plain=self.accepts_plain)

    def fetch(self, key: str, to: Path) -> Path:
        with self.open(key) as content, to.open("wb") as file:
            shutil.copyfileobj(content, file)
        return to

    def size(self, key: str) -> int | None:
        try:
            with self.stored.open(key) as file:
                if read_header(file, key) is not None:
                    return content_size(file, key)
                if not self.accepts_plain:
                    raise not_encrypted(key)
                return file.seek(0, io.SEEK_END)
        except BlobNotFound:
            return None

    def presigned_url(self, key: str, *, expires_s: int) -> str | None:
        validate_key(key)
        del expires_s  # the server of the blobs cannot decrypt them; the farm serves them
        return None
