"""Levels of sound: where a channel has sound, and speech that is much quieter than the rest.

- `frames`, `sounds`: the level of each frame; time spans that are louder than the background
- `quiet_speech`, `pieces`: detects speech again in the quiet sounds that the first pass left over
- `tones`: leaves out steady tones, which would pass for speech there
- `sections`: cuts long recordings where they are quietest
- `detector`: voice activity detection with both passes
- `insertion`: puts the speech regions found there into the windows
- `gain`: amplifies quiet speech regions for the models
"""
