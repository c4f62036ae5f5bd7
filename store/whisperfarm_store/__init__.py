"""State that the dispatcher and the workers share, each part behind a port.

- `ledger`: the database of jobs
- `blobs`: recordings and transcripts
- `broker`: the Celery app and its queues
- `notifications`: wakes a caller that waits for a job
- `events`, `metrics`, `traces`, `logs`: what an operator sees
- `settings`: the settings of every process
- `periodic`, `fsync`: a task that runs again and again; writes that survive a power cut
"""
