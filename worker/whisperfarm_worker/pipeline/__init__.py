"""The pipeline: one value passes through all stages.

- `run`: the table of stages, and the loop
- `state`, `context`: the value, and the dependencies of the stages
- `stages`: one file per stage
- `clips`, `languages`: the parts of a recording that are transcribed, and their languages
- `postprocess`: words and segments, without any model
- `audio`: media files
- `levels`: how loud the channels are, and quiet speech
- `crosstalk`: the same speech in two channels
- `runs`: runs of frames in a mask
- `scratch_space`: disk space for temporary files
"""
