"""Engines: the models behind one interface, shared by the jobs of a worker.

- `port`: the interface
- `whisperx`, `faster_whisper`: the engines; `whisper` and `silero` are the models of both
- `factory`: opens the engine that the settings name
- `batcher`, `fair_queue`, `fair_semaphore`: batches across jobs, and fair access to the device
- `device`, `model_cache`, `errors`: the device, models loaded once, errors of the device
- `ctc`: forced alignment
"""
