"""`whisperfarm batch`: transcribes many recordings, and continues after any interruption.

- `session`: a batch from its recordings to its report
- `request`: what the operator asks for
- `sources`, `recording`, `patterns`: where the recordings are, and which files are recordings
- `names`, `outputs`: the output files, never two recordings onto one
- `destinations`: where the output files are written
- `manifest`, `plan`: what is known from earlier runs, and what there is to do; `dry_run` prints it
- `run`, `wiring`: one run, and how its parts are put together
- `sender`: sends recordings, as fast as the farm accepts them (`whisperfarm_client.pace`)
- `watcher`, `collector`: finds jobs that have ended, and writes their transcripts
- `farms`: the connections to the farm
- `progress`, `report`: what the operator sees
"""
