"""`python -m bench.gpu`: what a GPU makes of models of true size, within ten minutes.

Needs this repository and PyTorch with CUDA, whisperx, faster-whisper (CTranslate2 wants the
libraries of CUDA 12 and cuDNN 9), pyannote.audio, onnxruntime and transformers: the extra `[farm]`.
No network and no model is needed: the weights are random. `--device cpu --sizes tiny` is a trial on
any machine. Prints one JSON document; what cannot be loaded or measured has an `error` in it.

- `__main__`: the command line and the document
- `sizes`: the dimensions of the Whisper models
- `speech`: windows per second of the speech models
- `stages`: seconds of each stage for one recording
- `pipeline`: many recordings through the farm's pipeline, beside WhisperX
- `busy`: the share of the time that the device was in use
"""
