"""The default engine: WhisperX 3.8.6, without its pipeline.

That pipeline keeps one tokenizer and one set of options, which concurrent jobs would overwrite for
each other. Review the code of a new version of WhisperX before you upgrade.

- `engine`: loads the models
- `voice_activity`, `speech_scores`: WhisperX's pyannote model
- `chunk_outputs`, `overlapping_sincnet`: outputs of a segmentation model for long recordings
- `aligner`, `emissions`, `vocabulary`: word times by forced alignment
- `diarizer`, `diarization`: speaker turns
- `gpus`, `gpu_memory`: number of GPUs, their memory in use, and their names
"""
