"""Media files.

- `ffmpeg`, `subprocess_runner`: decoding by ffmpeg, a child process under limits
- `downmix`: mixes channels without loss of those that cancel each other
- `pcm_buffer`: converts ffmpeg's output to samples
- `wav`: headers of WAV files
"""
