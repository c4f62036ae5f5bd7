"""Media files.

- `decoder`, `ffmpeg`, `subprocess_runner`: decoding by ffmpeg, a child process under limits
- `decoder_log`, `media_info`: what ffmpeg reports about frames, errors and the file
- `track_choice`: chooses among several audio tracks
- `timeline`: places frames by their time stamps
- `downmix`: mixes channels without loss of those that cancel each other
- `pcm_buffer`: converts ffmpeg's output to samples
- `truncation`, `data_chunk`, `container_end`: compare the file with what its header states
- `wav`, `mp4`, `avi`: headers of WAV, MP4 and AVI files
"""
