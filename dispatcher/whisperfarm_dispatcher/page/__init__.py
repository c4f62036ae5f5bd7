"""The page for people at `/`: from sign-in to a corrected, approved and downloaded transcript.

HTML is rendered here; what people do on it are requests to the HTTP API, with the same permissions.

- `routes`: the list of jobs, one transcript, and the files of the page
- `batches`: the list of batches, and one with its failures
- `overview`, `farm_state`: what the farm does now, for operators
- `sign_in`: starts and ends the session of a person
- `oidc`, `oidc_caller`, `attempt_cookie`: the same at an identity provider, who may, and the cookie
  until the person returns from there
- `not_found`: the page of an address that does not exist
- `page_route`: answers problems with a page
- `rendering`: the templates in `templates`, and the headers of each page
- `files`: the scripts and the style sheet in `static`
"""
