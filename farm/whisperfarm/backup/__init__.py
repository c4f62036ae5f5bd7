"""Copies of a farm's ledger and blobs in a folder, the same for every database and blob store.

- `create`, `restore`: make a backup, and restore it into an empty farm
- `blobs`: the copies of blobs
- `cleanup`: deletes what the newest snapshot does not need
- `manifest`, `lines`, `layout`: the format
- `problem`: a backup that cannot be used
"""
