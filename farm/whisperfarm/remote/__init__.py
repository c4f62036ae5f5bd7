"""Commands that ask a farm by its URL, with `whisperfarm_client.Farm`.

- `connection`: the flags of a farm's URL and key
- `job_filters`: the flags that select jobs
- `job_options`: the options of jobs, from the flags of a command
- `samples`, `speaker_table`: samples of voices as jobs, and tables of enrolled voices
- `recordings`: which files are recordings
- `output`: tables and JSON
"""
