"""The worker: takes jobs from the broker and turns recordings into transcripts.

- `server`, `consumer`: the process, and Celery in it
- `task`, `lease`, `retry`, `drain`: one attempt at a job, and how it ends
- `pipeline`, `work`, `stages`: from a file to a transcript
- `engines`, `models`: the models, and who calls them when
- `words`, `audio`: what is known of words and of sound, without any model

Importing this package is cheap; libraries of models are imported where they are first needed, after
`environment.prepare` has told them to stay offline.
"""
