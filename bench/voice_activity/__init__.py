"""Recall, false speech and cost of the voice activity models: `make bench-vad`.

- `speech`: recordings with speech, and the times of its words
- `other_sounds`: recordings without speech
- `scores`: what a detector makes of a recording
"""
