"""Façades: the APIs of other speech-to-text services, for their existing clients.

Each is a thin translation: fields of a request to options of a job, a transcript to an answer, and
a problem to an error document. All submit as the farm's own API does.

- `openai`: OpenAI's API for audio
- `deepgram`: Deepgram's API for recordings
- `opensource`: the API of SIPREC's provider of this name
- `headerless`, `assumed_audio`: recordings without a header
- `asr_webservice`: the API of whisper-asr-webservice
- `linto`: the API of LinTO's transcription service
- `models`: the preset for a model's name in another API
- `fields`: readers for the fields of another API
- `description`: building blocks of OpenAPI descriptions
"""
