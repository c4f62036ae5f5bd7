"""The checks of `whisperfarm doctor`. Each returns a finding with its remedy.

- `finding`, `report`: the result of a check, and how it is printed
- `environment`, `machine`: variables; ffmpeg, models, devices
- `services`, `storage`: broker and Redis; folders, ledger, blobs, disks
- `profile`: names and keys of the profile that have no effect here
- `farm`: whether a farm runs
"""
