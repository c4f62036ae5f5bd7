"""Pictures in the documentation, made from a running farm."""
