"""Where the transcripts of a batch are written.

- `destination`: the port, and which destination an argument names
- `folder`, `bucket`: a folder, a bucket of S3
- `bucket_owner`: whose transcripts are in a bucket
- `rejected`, `bucket_errors`: which failure is that of one file, and which ends the run
"""
