"""Recordings and transcripts: bytes under a key, written once."""

from whisperfarm_store.blobs.factory import open_blobs
from whisperfarm_store.blobs.folder import FolderBlobs
from whisperfarm_store.blobs.port import BlobMissing, Blobs, BlobWriter

__all__ = ["BlobMissing", "BlobWriter", "Blobs", "FolderBlobs", "open_blobs"]
