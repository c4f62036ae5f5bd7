"""The HTTP API.

- `routes`: the endpoints
- `upload`: reads a request's fields and its recording
- `auth`, `keys`, `hosts`, `rate_limit`: authentication and rate limits
- `responses`, `results`, `errors`: responses for jobs, transcripts and problems
- `wait`: waits for a job to finish
- `middleware`: applies to every request
- `openapi`: the OpenAPI document
"""
