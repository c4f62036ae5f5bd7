"""What dispatcher and worker share: settings, the ledger, blobs, the broker, wake-ups, logs and
metrics."""
