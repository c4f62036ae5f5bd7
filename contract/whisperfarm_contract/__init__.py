"""The words that all parts of whisperfarm share: pure, standard library only.

- `options`, `presets`, `languages`: what a caller may ask for
- `job`, `states`: what becomes of it
- `transcript`, `formats`: what comes out
- `problems`: what can go wrong, with stable names
- `media`: what a file is, told by its first bytes
- `names`, `links`: queues, tasks, blob keys and paths
- `events`, `signing`: what those are told who want to know of a job's end
"""
