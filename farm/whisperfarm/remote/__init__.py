"""Commands that ask a farm by its URL, with `whisperfarm_client.Farm`.

- `connection`: the flags of a farm's URL and key
- `output`: tables and JSON
"""
