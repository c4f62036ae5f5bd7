"""Whisper on CTranslate2, the speech model of every engine.

- `speech_recognizer`: decodes batches of windows, and doubtful windows again
- `fallback`: Whisper's tests of a text, and the temperatures at which a window is decoded again
- `sampling`, `repetition`: sampling that can be repeated; repetition loops
- `model`, `features`: the model on CTranslate2, and its input
- `single_window`: decodes one window alone
- `model_limits`: clamps a caller's options to what the model supports
"""
