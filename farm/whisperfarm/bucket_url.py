"""Names of buckets, such as `s3://bucket/prefix`."""

SCHEME = "s3://"
