"""Media files.

- `ffmpeg`, `subprocess_runner`: decoding by ffmpeg, a child process under limits
- `pcm_buffer`: converts ffmpeg's output to samples
- `wav`: headers of WAV files
"""
