"""The engine for small machines: CTranslate2 and ONNX without torch, as `lint-imports` checks.

Word times come from the speech model's attention; there is no diarization.

- `engine`: loads the models
- `features`, `aligner`: spectrograms, and word times
- `gpus`: number of GPUs
"""
