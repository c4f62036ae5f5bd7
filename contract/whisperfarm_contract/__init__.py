"""Types and formats that all parts of the farm share. Standard library only, no input or output.

Requests:
- `options`, `job_policy`: how to transcribe; lane, deadline, cache and callback of the job
- `lanes`: which jobs start first
- `job_labels`: the caller's batch, reference and metadata
- `schema_fields`, `field_types`: declare, parse and describe the fields of these (JSON Schema)
- `vocabulary`: lists of words that jobs name, and the hotwords that follow
- `voices`, `enrolment`, `enrolment_types`: voices of speakers as embeddings, and what enrols one
- `language_choice`, `clip_timestamps`, `channel_names`: languages, parts and channels of a
  recording, as a caller names them
- `kind_list`: kinds of data to mask, as a caller names them
- `legs`, `leg_container`: several recordings of one call, and their stored form
- `presets`, `quality`, `diarizers`: models by name and by quality, and what diarizers promise
- `languages`, `language_tags`, `media`: language codes, language tags of audio tracks, formats of
  recordings

Jobs and results:
- `job`, `job_wire`, `states`: a job, its JSON form, its states and their transitions
- `attempt_decision`, `outcomes`: what follows an attempt, and the names of its outcomes
- `retry_policy`: delays between tries
- `examples`: a sample job and a sample transcript, for documentation and tests
- `transcript`, `transcript_schema`, `formats`: the transcript, its JSON Schema, its output formats
- `peaks`: the peaks of a recording, to draw its waveform
- `additions`: the names of analyses that are kept beside a transcript
- `forwarding`: how far a job is on its way to a hub
- `revisions`: corrections and approvals of a transcript
- `permissions`: what callers may do
- `partial_segments`, `window_keys`: text of a running attempt, as its checkpoint has it
- `custody`: the chain of custody of a job, and how it is verified
- `audit`: who changed what the farm permits and how it runs
- `problems`: every error that a caller can see, under a stable name

Addresses and messages:
- `identifiers`, `links`: queues, blob keys, paths of the API
- `printable`: text from outside, made safe for terminals and logs
- `job_events`, `signing`: the message that reports the end of a job, and its signature
"""
