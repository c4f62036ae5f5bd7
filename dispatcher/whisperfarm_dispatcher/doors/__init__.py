"""The doors: how callers come in. All of them end in the same `accept` call."""
