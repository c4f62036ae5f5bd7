"""Sound files.

- `ffmpeg`, `subprocess_runner`: decoding by ffmpeg, a child process under limits
- `pcm_buffer`: samples as they arrive
- `wav`: headers of WAV files
"""
