"""The operator's command `whisperfarm`: puts the parts together and holds no logic of theirs.

- `command`, `commands`, `flags`: the command line
- `supervisor`: the processes of `whisperfarm up`
- `doctor`: checks of a machine and its settings
- `models`, `flower`: help for the commands of those names
- `worker_drain`, `readiness`: wait for workers to drain, and for a farm to be ready
- `settings_table`, `legacy_env`: the table of all settings; variables of earlier deployments
"""
