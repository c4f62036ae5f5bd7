"""Signed tokens (JWT, RFC 7519) as a way to sign in beside API keys.

- `key_set`: the keys of an issuer, from a shared secret or a JWKS (RFC 7517), each with the one
  algorithm that it verifies
- `key_file`, `key_url`: a JWKS that is read again while the dispatcher runs
- `claims`: tenant and permissions from the claims of a token
- `verifier`: checks a token
- `wiring`: checks the settings, and builds the verifier from them
"""
