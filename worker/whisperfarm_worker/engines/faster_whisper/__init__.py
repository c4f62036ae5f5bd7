"""The engine for small machines: CTranslate2 and ONNX, no torch. `lint-imports` proves it.

Word times come from the speech model's attention; speakers are not distinguished.

- `engine`: loads the models
- `voice_activity`, `vad_regions`: Silero's model, and speech regions from its probabilities
- `features`, `aligner`: spectrograms, and word times
- `gpus`: how many GPUs there are
"""
