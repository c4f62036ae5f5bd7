"""Reads the `Content-Disposition` of a form's part, in the dialects that clients write.

Browsers and curl write UTF-8 and replace a quote and line breaks by `%22`, `%0D` and `%0A`; older
clients write Latin-1, or escape a quote by a backslash. RFC 7578 forbids `filename*` in forms, but
some libraries send it.
"""

import re
from email.message import Message
from email.utils import collapse_rfc2231_value

from python_multipart.multipart import parse_options_header

_HEADER = "Content-Disposition"
_ESCAPES = {"%22": '"', "%0D": "\r", "%0A": "\n"}
_ESCAPED = re.compile("|".join(_ESCAPES), re.IGNORECASE)


def read_disposition(header: bytes | None) -> tuple[str | None, str | None]:
    """Return the name of the part and its file name, each `None` if it is missing."""
    _, parameters = parse_options_header(header)
    name, filename = parameters.get(b"name"), parameters.get(b"filename")
    return (
        None if name is None else _unescape(name),
        _extended_filename(header or b"") or (None if filename is None else _unescape(filename)),
    )


def decode(raw: bytes) -> str:
    """Decode UTF-8, or else Latin-1."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _unescape(raw: bytes) -> str:
    return _ESCAPED.sub(lambda match: _ESCAPES[match[0].upper()], decode(raw))


def _extended_filename(header: bytes) -> str | None:
    """Return the file name as RFC 5987 encodes it, if it is."""
    if b"filename*" not in header.lower():
        return None
    message = Message()
    message[_HEADER] = header.decode("latin-1")
    for name, value in message.get_params([], header=_HEADER):
        if name.lower() == "filename" and isinstance(value, tuple):
            return collapse_rfc2231_value(value)
    return None
