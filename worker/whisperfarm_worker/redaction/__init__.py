"""The redacted copy of a recording.

- `redactor`: stores it for a job that asks for one
- `masked_spans`: which time spans are masked
- `masked_audio`: the samples with these spans masked
- `wav_header`: the header of the file
"""
