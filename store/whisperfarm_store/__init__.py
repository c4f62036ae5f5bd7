"""What dispatcher and worker share: settings, the ledger, blobs, the broker, wake-ups and logs."""
