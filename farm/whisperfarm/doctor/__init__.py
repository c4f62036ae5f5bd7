"""The checks of `whisperfarm doctor`. Each returns a finding with its remedy.

- `finding`: the result of a check
- `environment`, `machine`: variables; ffmpeg, models, devices
- `services`, `storage`: broker and Redis; folders, ledger, blobs, disks
- `farm`: whether a farm runs
"""
