"""Reads a request's fields and its recording, without holding the recording in memory.

- `upload`: a request to a submission
- `form`, `multipart`, `form_fields`: a form, its parts, its fields
- `stall_timeout`: ends an upload that sends nothing for too long
"""
