"""Profiles: one YAML file that says which engines and diarizers a farm uses for what.

- `document`: what the file may contain
- `reading`: reads it; errors name the file, the key and the cure
- `catalogue`: the engines and diarizers by their names in profiles
- `policy`: which engine and which diarizer a quality gets, and why
- `presets`: the presets of a profile
- `effects`: the settings that follow from it, and keys without effect
"""
