"""Kinds of values for notes and tags: text from people, made safe for terminals and formats."""

from dataclasses import dataclass
from typing import Any

from whisperfarm_contract.field_types import PrintableLine, String

MAX_NOTE_CHARS = 2000
MAX_TAG_CHARS = 64
MAX_TAGS = 20


@dataclass(frozen=True, slots=True)
class Note(String):
    """Printable text that may have several lines."""

    def read(self, raw: Any) -> str:
        text = String.read(self, raw)
        for line in text.replace("\t", " ").split("\n"):
            PrintableLine(self.max_length).read(line.removesuffix("\r"))
        return text.replace("\r\n", "\n").strip()


@dataclass(frozen=True, slots=True)
class TagList:
    """A list of different tags."""

    def read(self, raw: Any) -> tuple[str, ...]:
        if not isinstance(raw, list):
            raise ValueError("the value must be a list of tags")
        tags = tuple(dict.fromkeys(PrintableLine(MAX_TAG_CHARS).read(tag).strip() for tag in raw))
        if "" in tags:
            raise ValueError("a tag is empty; remove it")
        if len(tags) > MAX_TAGS:
            raise ValueError(f"the list has {len(tags)} tags; shorten it to {MAX_TAGS}")
        return tags

    def schema(self) -> dict[str, Any]:
        tag = {"type": "string", "minLength": 1, "maxLength": MAX_TAG_CHARS}
        return {"type": "array", "items": tag}


NOTE = Note(MAX_NOTE_CHARS)
TAGS = TagList()
