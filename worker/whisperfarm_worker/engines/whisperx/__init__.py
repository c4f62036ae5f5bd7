"""The default engine: WhisperX 3.8.6, called below its pipeline.

That pipeline keeps one tokenizer and one set of options for all callers, so that concurrent jobs
would read each other's. Read a new version of WhisperX before taking it.

- `engine`: loads the models
- `voice_activity`: speech regions and windows
- `aligner`, `emissions`, `vocabulary`: word times by forced alignment
- `diarizer`: speaker turns
- `gpus`, `gpu_memory`: what GPUs there are, and what of their memory is in use
"""
