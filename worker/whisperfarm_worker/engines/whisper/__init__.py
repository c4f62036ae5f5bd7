"""Whisper on CTranslate2, the speech model of every engine.

- `speech_recognizer`: decodes batches of windows
- `model_limits`: clamps a caller's options to what the model supports
"""
