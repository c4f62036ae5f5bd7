"""The API of LinTO's transcription service.

- `routes`: `/job/{id}` and `/results/{id}`
- `caller`: whether a request of `/transcribe` is from a client of LinTO
- `fields`: fields of a request
- `transcription_config`: the options for `transcriptionConfig`
- `answers`: a job and a transcript as the service writes them
- `errors`: a problem as the service writes it
- `description`: the OpenAPI description
"""
