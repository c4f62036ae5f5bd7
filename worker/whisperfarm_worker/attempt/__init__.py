"""One attempt at one job.

- `run`: claims the job, runs the pipeline, settles the outcome
- `lease`, `isolation`: leases and their heartbeats; suspects run alone
- `monitor`: receives the pipeline's progress and stops it
- `retry`, `settle`: decides what follows an error, and writes outcomes to the ledger
- `result`: what an attempt has made: the transcript and the peaks
- `voices`: enrolled voices, and those that the job keeps
- `cache`: existing transcripts
- `originals`: leaves only what is redacted
- `checkpoint`, `job_checkpoint`, `checkpoint_parts`, `checkpoints`: speech, languages and partial
  text for the next attempt
"""
