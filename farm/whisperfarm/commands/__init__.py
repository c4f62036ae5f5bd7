"""The commands, one file each.

- `up`, `run`: run a whole farm, or one dispatcher or worker
- `batch`, `watch`, `watch_siprec`: transcribe many recordings on a farm by its URL
- `demo`, `doctor`, `siprec`: run the demo; check the machine, or a SIPREC server
- `evaluate`: measure presets on recordings with references
- `jobs`, `rerun`, `revisions`: the jobs of a farm by its URL, and their transcripts
- `holds`, `erasure`: legal holds of its jobs, and the erasure of what they have stored
- `speakers`, `enrolment`: the voices by which its jobs name speakers
- `presets`, `pause`: its presets and pauses
- `models`, `settings`: manage models; list settings
- `keys`, `usage`: create, list, revoke and rotate API keys; what each has used
- `audit`: print and verify the audit log
- `custody`: export and verify chains of custody
- `hub`: show what the farm sends to its hub
- `plan`: plan the size of a farm for a load
- `migrate`, `quarantine`, `workers`: migrate the ledger, manage quarantined jobs and workers
- `fsck`, `backup`, `restore`: compare the ledger with the blob store; copy both and restore them;
  `backup_place`: the argument of both
- `encryption`: make keys of the blob store, and encrypt with them what is stored already
- `index`: index the texts of transcripts again, or remove them
- `flower`: run Celery's dashboard
"""
