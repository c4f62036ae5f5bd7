"""Encryption of a whole blob store.

- `renewal`: encrypts all blobs with the newest key
"""
