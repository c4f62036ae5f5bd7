"""`whisperfarm evaluate`: the accuracy of presets on recordings with references.

- `references`: which recordings there are, and what was said in them
- `scores`, `speakers`: the errors of one transcript
- `totals`: the errors of a preset over all recordings
- `run`: transcribes the recordings with each preset
- `report`, `plot`: the printed table and the JSON document; a picture of both
"""
