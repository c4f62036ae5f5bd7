"""Languages that Punkt splits into sentences, by NLTK's names."""

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
"""All other languages use English."""
