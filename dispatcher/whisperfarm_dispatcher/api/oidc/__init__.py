"""Sign-in of people at an identity provider (OpenID Connect): authorization code with PKCE.

- `settings`: the provider, and which of its claims are read
- `attempt`: one sign-in, from the secret of a cookie
- `requests`: requests to the provider
- `endpoints`: its addresses
- `provider`: its addresses and keys, as they are at present
- `client_secret`: how the farm authenticates there
- `code`: asks for an authorization code, and exchanges it for an ID token
- `people`: verifies ID tokens, and finds the person's tenant and roles
- `wiring`: builds all of it from the settings
"""
