"""OpenAI's API for audio: transcriptions, translations, and the list of models.

- `routes`: the endpoints
- `fields`: translates the fields of a request to options of the job, and to what the answer is
- `answers`: the transcript as OpenAI writes it, in each format
- `stream`: the same as server-sent events
- `errors`: problems as OpenAI writes them
- `models`: the presets as OpenAI lists models
- `description`: the OpenAPI description
"""
