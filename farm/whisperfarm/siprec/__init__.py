"""The checks of `whisperfarm siprec check`: SIPREC's settings for its provider `whisper`.

- `settings`: what SIPREC reads from its environment
- `checks`: settings, command and farm
- `trial`: one real job, run as SIPREC runs it
- `sample`: the recording of that job
"""
