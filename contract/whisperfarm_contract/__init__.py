"""The language that all parts of the farm share. Standard library only, no input or output.

What a caller may ask for:
- `options`, `job_policy`: how to transcribe; deadline, cache and callback of the job
- `record`, `fields`: how these declare, read and describe their fields (JSON Schema)
- `presets`, `languages`, `media`: models by name, language codes, file types by their first bytes

What a job is and what comes of it:
- `job`, `job_wire`, `states`: a job, its JSON form, its states and their transitions
- `attempt_decision`, `outcomes`: what follows an attempt, and the names of its outcomes
- `retry_policy`: delays between tries
- `examples`: one job and one transcript, for documents and tests
- `transcript`, `formats`: the transcript, and the files that are written from it
- `problems`: every error that a caller can see, with its stable name

How parts address each other:
- `identifiers`, `links`: queues, blob keys, paths of the API
- `job_events`, `signing`: the message that says how a job ended, and its signature
"""
