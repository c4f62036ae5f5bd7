"""`whisperfarm batch`: transcribes many recordings, and continues after any interruption.

- `sources`: where the recordings are: a folder, a list, a bucket
- `recording`, `options`: one recording, and the options of its job
- `names`: the output files, never two recordings onto one
- `manifest`, `plan`: what is known from earlier runs, and what there is to do
- `run`, `sender`, `pace`: sends recordings as fast as the farm accepts them
- `watcher`, `collector`: finds jobs that have ended and writes their transcripts
- `farms`: the connections to the farm
- `progress`, `report`: what the operator sees
"""
