"""Reads a request's fields and its recording, without holding the recording in memory.

- `upload`: submits the recording of a request
- `audio_url`: a recording at an address
- `form`, `multipart`, `form_fields`: parse a form, its parts and its fields
- `disposition`: reads the names of a part and of its file
- `upload_token`, `token_refusal`: the token of a request, whom its job is for, and its refusal
- `small_body`: reads a short text
- `stall_timeout`: ends an upload that pauses or takes too long
"""
