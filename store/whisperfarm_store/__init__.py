"""State that the dispatcher and the workers share, and what both do to it.

- `ledger`: the database of jobs
- `blobs`, `peaks`: recordings, transcripts and the peaks beside them
- `broker`: the Celery app and its queues
- `notifications`: notify a caller that waits for a job
- `events`, `metrics`, `traces`, `logs`: observability
- `settings`, `blob_settings`: the settings of every process
- `profiles`: the profile that chooses models
- `redaction`: masks personal data in transcripts
- `deletion`: deletes the blobs of jobs
- `periodic`: tasks that run periodically
- `folders`, `fsync`: folders that settings name; writes that survive a power cut
"""
