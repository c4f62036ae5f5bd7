"""The operator's command `whisperfarm`, which starts and connects the other packages.

- `command`, `commands`, `flags`, `output`: the command line and what it prints
- `permissions`, `lazy_group`: the permission that each command requires; their import when needed
- `batch`, `watch`: many recordings of a folder, a list or a bucket; those that appear in a folder
- `evaluation`: the accuracy of presets on recordings with references
- `remote`: requests of commands to a farm by its URL
- `supervisor`: the processes of `whisperfarm up`
- `siprec`: checks of the settings of a SIPREC server
- `capacity`: the size of a farm for a load
- `doctor`: checks of the machine and the settings
- `fsck`, `backup`: compare the ledger with the blob store; copy both and restore them
- `encryption`: encrypts a whole blob store with the newest key
- `custody`: verifies chains of custody
- `audit_check`, `local_actor`: the audit log, and who a command appears as in it
- `keys`, `models`, `flower`: helpers of the commands of the same names
- `console`: lines for the operator, as text or JSON
- `progress`, `parallel`, `digest`: commands that take minutes; `bucket_url`: names of buckets
- `existing_farm`, `data_dir_lock`: the ledger of a farm that exists; one farm per data folder
- `worker_drain`, `readiness`: wait until workers have drained, or until a farm is ready
- `profile_table`: what follows from the profile
- `kinds_table`: the kinds of data that can be masked
- `settings_table`, `markdown`: the table of all settings, and how a table is written
- `legacy_env`: variables of earlier deployments
"""
