"""Client certificates (mutual TLS) as a way to sign in beside API keys.

- `settings`: the settings, and whether they fit together
- `tls`: the TLS context that the dispatcher listens with
- `handshakes`, `peer`: logs handshakes that fail, with the address of the peer
- `callers_file`: the tenant and role of each name
- `names`: the names of a certificate that such a file can list
- `presented`: the certificate of a request, from its connection or from the header of a proxy
- `verifier`: finds the caller of a certificate
"""
