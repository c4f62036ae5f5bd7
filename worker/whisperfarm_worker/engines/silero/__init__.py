"""Voice activity detection by Silero's model, which both engines can run.

- `voice_activity`: the probability of speech in each frame
- `vad_regions`: speech regions from the probabilities, and windows
"""
