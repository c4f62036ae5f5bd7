"""Middleware for every HTTP request.

- `access_log`: one log event per request
- `header_timeout`: bounds the time and size of a request's headers
- `close_connections`: ends keep-alive connections during shutdown
"""
