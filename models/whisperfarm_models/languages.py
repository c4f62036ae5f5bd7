"""The languages that Punkt splits into sentences, as NLTK names them."""

from collections.abc import Mapping
from types import MappingProxyType

PUNKT_LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
        "es": "spanish", "et": "estonian", "fi": "finnish", "fr": "french", "it": "italian",
        "ml": "malayalam", "nl": "dutch", "no": "norwegian", "pl": "polish", "pt": "portuguese",
        "ru": "russian", "sl": "slovene", "sv": "swedish", "tr": "turkish",
    }
)  # fmt: skip
"""English does for all others."""
