"""Clips: the parts of a recording that are transcribed, if the caller names them.

- `selection`: the clips within a recording, and warnings about the rest
- `diarizer`: diarization of the clips alone
"""
