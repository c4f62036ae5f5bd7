"""The HTTP door.

- `jobs`, `transcribe`, `health`: the endpoints
- `upload`, `form`, `multipart`, `fields`: how a request becomes a job
- `auth`, `problems`, `documents`: who asks, and what is answered
- `openapi`, `docs`: what is told about all that
"""
