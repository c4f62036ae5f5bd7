"""The API of whisper-asr-webservice, for its clients such as Bazarr.

- `routes`: `/asr` and `/detect-language`
- `fields`: fields of a request, and the options that they become
- `answers`: a transcript as the service writes it
- `errors`: a problem as the service writes it
- `description`: the OpenAPI description
"""
