"""The language that all parts of the farm share. Standard library only, no input or output.

- `options`, `presets`, `languages`: what a caller may ask for
- `record`, `fields`: how those are declared, read and described
- `job`, `states`: what becomes of it
- `job_wire`: a job as callers see it
- `examples`: a job and a transcript, for documents and tests
- `transcript`, `formats`: what comes out
- `problems`: what can go wrong, with stable names
- `media`: what a file is, told by its first bytes
- `names`, `links`: queues, tasks, blob keys and paths
- `events`, `signing`: what those are told who want to know of a job's end
"""
