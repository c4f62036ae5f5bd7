"""The HTTP API.

- `routes`: the endpoints
- `facades`: the APIs of other services
- `upload`: reads a request's fields and its recording
- `job_filters`: the filters of a list of jobs
- `text_search`, `excerpts`: the search for words of transcripts
- `auth`: authenticates and authorizes each request, with the next ones
- `authenticator`, `keys`, `ledger_keys`, `caller`: the keys of the settings and of the ledger, and
  whose they are
- `reason`: the reason of a request that keeps or deletes something
- `origin`: where a request came from, for the chain of custody
- `sessions`: people who signed in with a key or a token
- `blob_response`, `byte_range`, `media_types`: a recording, or the part that a request asks for
- `redact_parameter`: which kinds of data a request wants masked
- `redacted_access`: requests of callers that may read only what is redacted
- `redacted_audio`: the redacted recording, if it masks what a request asks for
- `certificates`: client certificates, of connections and of named proxies
- `tokens`: signed tokens of an identity provider
- `oidc`: people who sign in at an identity provider
- `roles`, `permissions`: what roles permit, and what routes require
- `hosts`, `rate_limit`: what a farm without keys accepts, and how fast requests may come
- `responses`, `results`, `errors`: responses for jobs, transcripts and problems
- `speaker_wire`: enrolments and enrolled voices as JSON
- `documents`: transcripts as Word documents and as a vCon
- `polls`: requests for a job that must be polled
- `queue_position`: the position of a job in the queue
- `partials`: the partial segments in the events of a job
- `accept`: chooses a media type by the header `Accept`
- `wait`, `synchronous`: wait for a job to finish
- `middleware`: applies to every request
- `openapi`: the OpenAPI document
"""
