"""What the OpenAPI document says beyond the signatures: bodies, answers, problems, examples.

- `about`: the document as a whole
- `endpoints`: one table for each endpoint, given to its route
- `requests`, `answers`, `examples`: what the tables are made of
"""
