"""Recordings and transcripts: bytes under a key, written once."""

from whisperfarm_store.blobs.folder import FolderBlobs
from whisperfarm_store.blobs.port import BlobMissing, Blobs, BlobWriter
from whisperfarm_store.blobs.wiring import open_blobs

__all__ = ["BlobMissing", "BlobWriter", "Blobs", "FolderBlobs", "open_blobs"]
