"""Commands' requests to a farm by its URL, on the transport of `whisper-remote`.

- `connection`: the flags of a farm's URL and key
- `farm`: the requests
- `documents`: what the commands rely on in the answers
- `output`: tables and JSON
"""
