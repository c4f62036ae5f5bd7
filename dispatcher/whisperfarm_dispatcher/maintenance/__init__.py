"""Background tasks of every dispatcher; several dispatchers may run them at once.

- `dispatch`, `job_speed`: publish queued jobs to the broker in the order of the policy
- `dispatch_pace`: when that happens
- `rescue`: recovers jobs that are stuck
- `unpolled`: cancels jobs whose caller no longer asks for them
- `erasure`: deletes what a job has stored
- `retention`, `orphans`: delete what is too old, and blobs that belong to no job
- `text_index`: indexes the texts of transcripts
- `custody_roots`: makes a root over all chains of custody each day
- `background`: starts and stops them
"""
