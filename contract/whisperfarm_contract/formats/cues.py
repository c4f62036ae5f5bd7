"""Groups the words of a transcript into subtitles.

The rules are those of openai-whisper's subtitle writer, so that its flags have the same effect.
Limits on the times of subtitles, which it does not have, are those of `cue_timing`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from whisperfarm_contract.formats import cue_timing
from whisperfarm_contract.formats.cue_timing import Cue
from whisperfarm_contract.formats.subtitle_options import SubtitleOptions, speaker_prefix
from whisperfarm_contract.formats.tokens import Token, tokens
from whisperfarm_contract.transcript import Transcript

LONG_PAUSE_S = 3.0
"""A subtitle that spans segments ends if the next word starts this much later than the last."""

_UNLIMITED = 1000


def cues(transcript: Transcript, options: SubtitleOptions) -> Iterator[Cue]:
    """Yield the subtitles in order, made of words if the layout needs it, else one per segment."""
    in_order = _cues(transcript, options)
    if options.limits_timing:
        in_order = cue_timing.apply_limits(in_order, options, audio_ms=_ms(transcript.duration))
    if options.timecode != "recording" or transcript.recording is None:
        return in_order
    return _moved(in_order, _ms(transcript.recording.start_s))


def _moved(cues_in_order: Iterable[Cue], offset_ms: int) -> Iterator[Cue]:
    """Yield the subtitles at later times; those after midnight have 24 hours or more."""
    for cue in cues_in_order:
        yield replace(cue, start_ms=cue.start_ms + offset_ms, end_ms=cue.end_ms + offset_ms)


def _cues(transcript: Transcript, options: SubtitleOptions) -> Iterator[Cue]:
    if not (options.needs_words and any(transcript.words())):
        yield from _segment_cues(transcript, options)
        return
    for group in _group(tokens(transcript), options):
        yield from (
            _highlighted_cues(group, options) if options.highlight_words else _cue(group, options)
        )


def _segment_cues(transcript: Transcript, options: SubtitleOptions) -> Iterator[Cue]:
    for segment in transcript.segments:
        text = segment.text.strip().replace("-->", "->")
        yield Cue(
            _ms(segment.start), _ms(segment.end), speaker_prefix(segment.speaker, options) + text
        )


def _group(tokens_in_order: Iterable[Token], options: SubtitleOptions) -> Iterator[list[Token]]:
    """Yield the pieces of each subtitle, with line breaks in their text."""
    builder = _CueBuilder(options)
    for token in tokens_in_order:
        if builder.starts_next(token):
            yield builder.tokens
            builder = _CueBuilder(options)
        builder.add(token)
    if builder.tokens:
        yield builder.tokens


class _CueBuilder:
    """Collects the pieces of one subtitle."""

    def __init__(self, options: SubtitleOptions) -> None:
        self.tokens: list[Token] = []
        self._options = options
        self._width = options.max_line_width or _UNLIMITED
        self._keeps_segments = options.max_line_count is None or options.max_line_width is None
        self._line_chars = 0
        self._lines = 1

    def starts_next(self, token: Token) -> bool:
        """Whether the piece has to start a new subtitle."""
        if not self.tokens:
            return False
        if self._must_start_next(token):
            return True
        max_lines = self._options.max_line_count
        is_last_line = max_lines is not None and self._lines >= max_lines
        return self._follows_pause(token) or (is_last_line and not self._fits(token))

    def add(self, token: Token) -> None:
        """Add the piece, on a new line if the current one is full."""
        if self._line_chars and self._fits(token):
            self._line_chars += len(token.text)
        else:
            token = token.stripped()
            text_chars = len(token.text)
            if self._line_chars:
                self._lines += 1
                token = token.on_new_line()
            self._line_chars = text_chars
        self.tokens.append(token)

    def _must_start_next(self, token: Token) -> bool:
        if self._options.speaker_labels and token.speaker != self.tokens[-1].speaker:
            return True
        if self._exceeds_duration(token):
            return True
        max_words = self._options.max_words_per_line or _UNLIMITED
        return self._keeps_segments and token.index % max_words == 0

    def _exceeds_duration(self, token: Token) -> bool:
        max_s = self._options.max_cue_duration_s
        return max_s is not None and token.end - self.tokens[0].start > max_s

    def _follows_pause(self, token: Token) -> bool:
        return not self._keeps_segments and token.start - self.tokens[-1].start > LONG_PAUSE_S

    def _fits(self, token: Token) -> bool:
        return self._line_chars > 0 and self._line_chars + len(token.text) <= self._width


def _cue(group: list[Token], options: SubtitleOptions) -> Iterator[Cue]:
    text = speaker_prefix(group[0].speaker, options) + _join(group)
    yield Cue(_ms(group[0].start), _ms(group[-1].end), text)


def _highlighted_cues(group: list[Token], options: SubtitleOptions) -> Iterator[Cue]:
    """Yield one subtitle per word with that word underlined, and plain ones between words."""
    prefix = speaker_prefix(group[0].speaker, options)
    last_ms = _ms(group[0].start)
    for index, token in enumerate(group):
        start_ms, end_ms = _ms(token.start), _ms(token.end)
        if last_ms != start_ms:
            yield Cue(last_ms, start_ms, prefix + _join(group))
        yield Cue(start_ms, end_ms, prefix + _join(group, underlined=index))
        last_ms = end_ms


def _join(group: list[Token], underlined: int | None = None) -> str:
    texts = (token.text for token in group)
    return "".join(_underline(t) if i == underlined else t for i, t in enumerate(texts))


def _underline(text: str) -> str:
    bare = text.lstrip()
    return f"{text[: len(text) - len(bare)]}<u>{bare}</u>"


def _ms(seconds: float) -> int:
    return round(seconds * 1000.0)
