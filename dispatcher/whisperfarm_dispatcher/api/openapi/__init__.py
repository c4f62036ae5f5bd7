"""What the OpenAPI document says beyond the signatures of the routes.

- `info`: the document as a whole
- `endpoints`: one table row per endpoint, given to its route
- `requests`, `responses`, `examples`: what the rows are made of
"""
