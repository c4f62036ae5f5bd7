"""The pipeline: one value passes through all stages.

- `run`: the table of stages, and the loop
- `state`, `context`: the value, and the dependencies of the stages
- `stages`: one file per stage
- `postprocess`: words and segments, without any model
- `audio`: media files
- `scratch_space`: disk space for temporary files
"""
