"""Media files.

- `decoder`: the port of both decoders
- `pcm_decoder`, `sample_formats`, `invalid_samples`, `resampler`: decoding in process
- `pcm_header`, `audio_header`, `wav`, `aiff`, `chunks`: headers of what is decoded in process
- `ffmpeg_decoder`, `ffmpeg`, `subprocess_runner`: decoding by ffmpeg, a child process under limits
- `decoder_log`, `media_info`, `wav_stream`: what ffmpeg writes: frames, errors, the file, samples
- `recording_start`, `timecode`, `broadcast_wave`: the time code at which a recording starts
- `frame_gaps`: damage and tags between the frames of a stream
- `track_choice`: chooses among several audio tracks
- `timeline`: places frames by their time stamps
- `downmix`: mixes channels without loss of those that cancel each other
- `pcm_buffer`: collects the frames of both decoders, under the limits of the farm
- `channel_file`, `channel_seconds`: the samples of a channel; the length of all channels together
- `sound_blocks`: counts what is not silent
- `silent_channels`: reports channels without sound
- `peaks`: the lowest and highest samples of many parts, to draw the waveform
- `truncation`, `data_chunk`, `container_end`: compare the file with what its header states
- `mp4`, `avi`: headers of MP4 and AVI files
"""
