"""Middleware for every HTTP request.

- `access_log`: one log event per request
- `connection_limits`: bounds the number of connections
- `log_interval`: bounds how often a condition is logged
- `header_timeout`: bounds the time and size of a request's headers
- `head_requests`: answers HEAD like GET, without a body
- `close_connections`: ends keep-alive connections during shutdown
"""
