"""`whisperfarm custody`: verifies chains of custody.

- `files`: reads documents and exported roots
- `document_check`, `recording_check`: verify a document without a farm, and its recordings
- `ledger_check`, `root_check`: verify all chains and all roots of a ledger
- `problem`: the problem of a chain that is not whole
"""
