"""The checks of `whisperfarm doctor`: each looks at one thing and says what to do about it.

- `finding`: what a check returns
- `environment`, `machine`: variables; Python, ffmpeg, devices
- `services`, `storage`: broker and Redis; ledger, blobs, disk
"""
