"""One attempt at one job.

- `run`: claims the job, runs the pipeline, settles
- `lease`, `isolation`: leases and their heartbeats; a suspect runs alone
- `monitor`: how the pipeline reports progress and learns that it has to stop
- `retry`, `settle`: what an error leads to, and writing it to the ledger
- `cache`, `checkpoint`: transcripts made before, and text kept for the next attempt
"""
