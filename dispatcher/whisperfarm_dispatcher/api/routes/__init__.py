"""The endpoints, one file per resource.

- `jobs`, `events`, `callbacks`, `additions`: jobs, the changes, callbacks and additions of a job
- `list_events`: the changes of all jobs
- `custody`: the chain of custody of a job
- `holds`, `erasure`: legal holds of jobs, and the erasure of what they have stored
- `audio`, `waveform`: the recording of a job, and its peaks
- `revisions`: corrections and approvals of a job's transcript
- `batches`: jobs that are counted and cancelled together
- `transfers`, `forwards`: recordings in chunks, and what was sent of a job to the hub
- `upload_tokens`: permissions for one upload, and the upload
- `transcribe`: a transcript in one request
- `presets`, `vocabularies`: the presets and the lists of words that jobs may name
- `speakers`: the enrolled voices, by which jobs may name speakers
- `pauses`: what operators pause
- `audit`: who changed what the farm permits and how it runs
- `usage`: what tenants and their keys have used
- `health`: liveness and readiness
- `schemas`, `docs`: JSON Schemas, and the explorer of the API
"""
