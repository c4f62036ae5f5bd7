"""Whisper on CTranslate2, as every engine has it: faster-whisper's model, WhisperX's decoding."""
