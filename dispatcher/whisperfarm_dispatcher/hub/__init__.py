"""Sends jobs of an edge farm to a hub farm, and takes the hub's transcripts as revisions.

- `uploads`: sends the recordings, as far as hours and bandwidth allow
- `results`: asks for the hub's jobs, and has it delete what is erased here
- `revision`: stores the hub's transcript as a revision
- `tries`: runs one try, and records what came of it
- `farm`, `requests`: what is asked of the hub, over HTTP
- `selection`: which jobs are sent
- `hours`, `pace`: when, and how much
- `settings`: the settings
- `wiring`: puts these together
"""
