"""The stages, one file each, in the order in which they run.

- `fetch`, `decode`: a blob to a file, a file to samples
- `decoded_file`, `decoded_legs`: what `decode` does with a file, and with several of one call
- `speech`, `channel_speech`: voice activity detection, of all channels and of one
- `transcribe`, `align`, `diarize`: text, word times, speakers
- `model_fallback`: `transcribe` by another model if that of the preset fails
- `known_speakers`: the names of enrolled voices, after `diarize`
- `channel_turns`, `diarized_channel`, `leg_speakers`: what `diarize` does by channel, in
  one channel, and in each leg of a call
- `decoding_options`, `window_texts`: what `transcribe` gives to the speech model, and gets from it
- `render`: the transcript
"""
