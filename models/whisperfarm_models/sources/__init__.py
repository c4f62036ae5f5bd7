"""Where models are pulled from: a hub, an S3 bucket, a folder."""
