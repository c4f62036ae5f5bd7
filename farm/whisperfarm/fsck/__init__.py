"""Compares the ledger with the blob store, for `whisperfarm fsck`.

- `inconsistency`: what a check finds
- `jobs`: blobs that jobs need: missing, of the wrong size, or changed
- `orphans`: blobs that no job needs
"""
