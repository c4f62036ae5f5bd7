"""Compares the ledger with the blob store, for `whisperfarm fsck`.

- `inconsistency`: what a check finds
- `jobs`: blobs that jobs need: missing, of the wrong size, changed, or refused as plain
- `presence`: whether the store has a blob
- `contents`: what the blobs of jobs are, and how those are read whose digest is not known
- `orphans`: blobs that no job needs
"""
