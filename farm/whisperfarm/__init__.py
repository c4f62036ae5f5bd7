"""The operator's command `whisperfarm`, which starts and connects the other packages.

- `command`, `commands`, `flags`, `output`: the command line and what it prints
- `supervisor`: the processes of `whisperfarm up`
- `doctor`: checks of the machine and the settings
- `models`, `flower`: helpers of the commands of the same names
- `worker_drain`, `readiness`: wait until workers have drained, or until a farm is ready
- `settings_table`, `legacy_env`: the table of all settings; variables of earlier deployments
"""
