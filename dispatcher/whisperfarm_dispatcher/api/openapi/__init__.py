"""The OpenAPI document, beyond the signatures of the routes.

- `info`: title, description and tags
- `endpoints`: requests and responses of each endpoint
- `transfers`: the same of transfers and forwards
- `upload_tokens`: the same of upload tokens and their uploads
- `speakers`, `speaker_schema`: the same of enrolled voices
- `requests`, `responses`, `schemas`, `examples`: building blocks of these
- `document`: the application that serves it
"""
