"""What a layer over a blob store passes on."""

from collections.abc import Iterator

from whisperfarm_store.blobs.port import Blobs


class BlobLayer:
    """The operations that do not depend on the contents of the blobs in `stored`."""

    def __init__(self, stored: Blobs) -> None:
        self.stored = stored

    def delete(self, key: str) -> None:
        self.stored.delete(key)

    def keys(self, prefix: str = "") -> Iterator[str]:
        return self.stored.keys(prefix)

    def older_than(self, prefix: str = "", *, older_than_s: float) -> Iterator[str]:
        return self.stored.older_than(prefix, older_than_s=older_than_s)

    def check(self) -> None:
        self.stored.check()
