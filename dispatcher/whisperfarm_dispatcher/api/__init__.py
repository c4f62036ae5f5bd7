"""The HTTP API.

- `routes`: the endpoints
- `facades`: the APIs of other services
- `upload`: reads a request's fields and its recording
- `job_filters`: the filters of a list of jobs
- `auth`, `keys`, `permissions`, `hosts`, `rate_limit`: authentication, permissions and rate limits
- `responses`, `results`, `errors`: responses for jobs, transcripts and problems
- `wait`, `synchronous`: wait for a job to finish
- `middleware`: applies to every request
- `openapi`: the OpenAPI document
"""
