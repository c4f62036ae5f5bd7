"""Sessions of people who are signed in with an API key or a token.

- `sealed_key`: encrypts the key with the secret of the cookie
- `cookie`: the cookie
- `session`: starts, reads and ends a session
- `same_origin`: refuses requests that another site's page makes a browser send
"""
