"""Media files.

- `decoder`, `ffmpeg`, `subprocess_runner`: decoding by ffmpeg, a child process under limits
- `decoder_log`, `media_info`: what ffmpeg reports about frames, errors and the file
- `track_choice`: chooses among several audio tracks
- `timeline`: places frames by their time stamps
- `downmix`: mixes channels without loss of those that cancel each other
- `pcm_buffer`, `channel_file`: converts ffmpeg's output to samples, one file for each channel
- `channel_seconds`: bounds the length of all decoded channels together
- `silent_channels`: reports channels without sound
- `truncation`: compares the decoded length with the stated one
- `wav`, `mp4`: headers of WAV and MP4 files
"""
