"""The languages that a caller names: one for the recording, or those between which it changes."""

from dataclasses import dataclass
from typing import Any

from whisperfarm_contract import languages

AUTO = "auto"
"""The language of each window is detected, among all languages of the speech model."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language as its code or English name in any case, or `auto`; the value is the code."""

    def read(self, raw: Any) -> str:
        text = str(raw)
        return AUTO if text.strip().lower() == AUTO else languages.code_of(text)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": [AUTO, *sorted(languages.NAMES)]}


@dataclass(frozen=True, slots=True)
class LanguageList:
    """Languages separated by commas; the value has their codes in alphabetical order."""

    max_length: int = 2000

    def read(self, raw: Any) -> str:
        if not isinstance(raw, str):
            raise ValueError(f"{raw!r} is not a list of languages such as en,de")
        if len(raw) > self.max_length:
            raise ValueError(f"the list has {len(raw)} characters; shorten it to 2000")
        return ",".join(sorted({languages.code_of(name) for name in raw.split(",")}))

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.max_length}
