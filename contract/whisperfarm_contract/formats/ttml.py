"""EBU-TT-D (EBU Tech 3380), the profile of TTML that European broadcasters exchange."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from whisperfarm_contract.formats.cue_timing import Cue
from whisperfarm_contract.formats.cues import cues
from whisperfarm_contract.formats.subtitle_options import DEFAULT_OPTIONS, SubtitleOptions
from whisperfarm_contract.formats.subtitles import full_timestamp
from whisperfarm_contract.transcript import Transcript

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<tt:tt xmlns:tt="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"
 xmlns:tts="http://www.w3.org/ns/ttml#styling" xmlns:ebuttm="urn:ebu:tt:metadata"
 ttp:timeBase="media" ttp:cellResolution="32 15" xml:lang="{language}">
<tt:head>
<tt:metadata><ebuttm:documentMetadata>
<ebuttm:conformsToStandard>urn:ebu:tt:distribution:2018-04</ebuttm:conformsToStandard>
</ebuttm:documentMetadata></tt:metadata>
<tt:styling>
<tt:style xml:id="paragraph" tts:textAlign="center" tts:fontFamily="proportionalSansSerif"
 tts:fontSize="100%" tts:lineHeight="normal"/>
<tt:style xml:id="text" tts:color="#ffffffff" tts:backgroundColor="#000000ff"/>
</tt:styling>
<tt:layout>
<tt:region xml:id="bottom" tts:origin="10% 70%" tts:extent="80% 20%" tts:displayAlign="after"/>
</tt:layout>
</tt:head>
<tt:body><tt:div style="paragraph">
"""

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot carry, not even as an entity."""

_TAIL = "</tt:div></tt:body>\n</tt:tt>\n"


class Ttml:
    """EBU-TT-D: subtitles in XML. Words are not highlighted."""

    extension: ClassVar[str] = "ttml"
    media_type: ClassVar[str] = "application/ttml+xml"

    def render(self, transcript: Transcript, options: SubtitleOptions = DEFAULT_OPTIONS) -> str:
        without_marks = replace(options, highlight_words=False)
        head = _HEAD.format(language=_escape(transcript.language))
        return "".join((head, *_paragraphs(transcript, without_marks), _TAIL))


def _paragraphs(transcript: Transcript, options: SubtitleOptions) -> Iterator[str]:
    for number, cue in enumerate(cues(transcript, options), start=1):
        yield (
            f'<tt:p xml:id="cue{number}" region="bottom"'
            f' begin="{full_timestamp(cue.start_ms)}" end="{full_timestamp(cue.end_ms)}">'
            f'<tt:span style="text">{_lines(cue)}</tt:span></tt:p>\n'
        )


def _lines(cue: Cue) -> str:
    return "<tt:br/>".join(map(_escape, cue.text.split("\n")))


def _escape(text: str) -> str:
    """Return the text as character data."""
    safe = _NOT_IN_XML.sub("", text)
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        safe = safe.replace(char, entity)
    return safe
