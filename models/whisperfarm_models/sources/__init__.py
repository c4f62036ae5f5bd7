"""Sources that models are pulled from.

- `port`: the interface
- `hub`, `s3`, `folder`: a model hub, a bucket, a directory; `web` is the HTTP below the hub
- `selection`: which files of a source belong to a model
- `safe_names`, `retries`: names that stay inside their folder; retries of a download
- `factory`: the source that the settings name
"""
