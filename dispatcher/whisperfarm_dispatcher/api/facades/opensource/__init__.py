"""The API that SIPREC's provider `opensource` calls: `POST /stt/transcribe` and `GET /health`.

- `routes`: the endpoints
- `headerless`: recognises the headerless audio that SIPREC sends
- `description`: the OpenAPI description
"""
