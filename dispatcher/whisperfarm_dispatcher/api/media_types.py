"""The media types of recordings, as browsers play them."""

from collections.abc import Mapping
from types import MappingProxyType

MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        **{"wav": "audio/wav", "flac": "audio/flac", "ogg": "audio/ogg", "mp3": "audio/mpeg"},
        **{"mp4": "audio/mp4", "aac": "audio/aac", "matroska": "video/webm", "amr": "audio/amr"},
    }
)
"""By container. Browsers do not play the others."""

UNKNOWN_TYPE = "application/octet-stream"
