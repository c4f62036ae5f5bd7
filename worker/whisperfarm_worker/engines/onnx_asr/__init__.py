"""Speech models in ONNX by onnx-asr: NVIDIA's Parakeet and Canary, on the CPU.

- `model`: decodes one window
- `padding`: pads short windows
- `words`: tokens to words with their times
- `limits`: clamps options to what these models support
- `speech_recognizer`: the model behind the port
"""
