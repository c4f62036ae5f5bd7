"""Types and formats that all parts of the farm share. Standard library only, no input or output.

Requests:
- `options`, `job_policy`: how to transcribe; deadline, cache and callback of the job
- `job_labels`: the caller's reference and metadata
- `schema_fields`, `field_types`: declare, parse and describe the fields of these (JSON Schema)
- `language_choice`, `clip_timestamps`: languages and parts of a recording, as a caller names them
- `channel_names`: names of the channels of a recording
- `presets`, `languages`, `language_tags`, `media`: models by name, language codes, language tags of
  audio tracks, formats of recordings

Jobs and results:
- `job`, `job_wire`, `states`: a job, its JSON form, its states and their transitions
- `attempt_decision`, `outcomes`: what follows an attempt, and the names of its outcomes
- `retry_policy`: delays between tries
- `examples`: a sample job and a sample transcript, for documentation and tests
- `transcript`, `transcript_schema`, `formats`: the transcript, its JSON Schema, its output formats
- `permissions`: what callers may do
- `problems`: every error that a caller can see, under a stable name

Addresses and messages:
- `identifiers`, `links`: queues, blob keys, paths of the API
- `printable`: text from outside, made safe for terminals and logs
- `job_events`, `signing`: the message that reports the end of a job, and its signature
"""
