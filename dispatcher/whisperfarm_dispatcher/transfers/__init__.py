"""Transfers: recordings that arrive in chunks, so that a broken connection costs one chunk.

- `chunks`: the chunks in the blob store
- `chunked_file`: the chunks as one file
- `legs`: where the recordings of a call lie in it
- `recording`: the whole recording, read from them
- `request`: the job that follows
- `limits`: what callers may store without a job
- `submission`: makes the job
"""
