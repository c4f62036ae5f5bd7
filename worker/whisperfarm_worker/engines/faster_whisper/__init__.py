"""The engine for small machines: faster-whisper's own parts on CTranslate2 and ONNX, no torch.

Voice activity is Silero's, word times come from the speech model's attention, and nobody is told
apart. `lint-imports` proves that nothing here reaches torch.
"""
