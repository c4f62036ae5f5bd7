"""Copies of a farm's ledger and blobs, the same for every database and blob store.

- `create`, `restore`: make a backup, and restore it into an empty farm
- `blobs`, `copied_file`, `encryption`: the copies of blobs, which may be encrypted
- `cleanup`: deletes what the newest snapshot does not need
- `manifest`, `lines`, `layout`: the format
- `repository`: the place of a backup
- `folder_repository`, `folder_lock`: backups in a folder
- `bucket_repository`, `bucket_lock`: backups in a bucket
- `opening`: opens the place by its name
- `problem`: a backup that cannot be used
"""
