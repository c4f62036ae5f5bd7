"""Encryption of a whole blob store.

- `store`: opens it
- `renewal`: encrypts all blobs with the newest key
"""
