"""The HTTP API.

- `routes`: the endpoints
- `upload`: reads a request's fields and its recording
- `auth`, `keys`, `hosts`, `rate_limit`: who may call, and how often
- `responses`, `results`, `errors`: what is answered
- `wait`: answers that wait for a job to finish
- `middleware`: what applies to every request
- `openapi`: the OpenAPI document
"""
