"""Crosstalk: the same speech in two channels, such as an echo, or one voice in two microphones.

- `suppress`: removes the copies from the windows of all channels; the stage `speech` calls it
- `activity`: when each channel has speech, on the grid of frames
- `delays`, `pair_delays`: find the delays between two channels by their cross-correlation
- `spectrogram`, `prediction`: predicts the sound of a channel from other channels
- `copies`, `chunk`, `chunks`: decide which frames of a channel are a copy of other channels
- `spans`, `frame_facts`: the frames of each chunk, and what was found about them
- `cut`: windows without the copies
- `report`: warnings about what was suppressed
"""
