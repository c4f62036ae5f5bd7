"""Where the recordings of a batch are.

- `source`: the port, and which source an argument names
- `files`: recordings on this machine
- `folder`, `listing`, `bucket`: a folder, a list of paths, a bucket of S3
- `rows`: the rows of a list; `calls`: those that are legs of one call
"""
