"""Helpers of `whisperfarm keys`.

- `grant`: what a new key permits, from the flags
- `output`: keys as a table or as JSON, and the one time that a secret is printed
"""
