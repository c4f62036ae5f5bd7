"""Sources that models are pulled from.

- `port`: the interface
- `hub`, `s3`, `folder`: a model hub, a bucket, a folder; `web` is the HTTP client of the hub
- `selection`: selects the files of a model
- `safe_names`, `retries`: rejects unsafe file names; retries downloads
- `factory`: the source that the settings name
"""
