"""What a document says about a transcript: facts of the recording, and turns of speakers."""

from collections.abc import Iterator
from datetime import UTC, datetime

from whisperfarm_contract.job import Job
from whisperfarm_contract.languages import NAMES
from whisperfarm_contract.transcript import Segment, Transcript
from whisperfarm_dispatcher.api.documents.word_file import safe


def facts(transcript: Transcript, job: Job) -> Iterator[str]:
    """Yield one line per fact of the recording."""
    submitted = datetime.fromtimestamp(job.created_at, UTC)
    yield f"Date: {submitted:%Y-%m-%d %H:%M} UTC"
    yield f"Duration: {clock(transcript.duration)}"
    yield f"Language: {safe(NAMES.get(transcript.language, transcript.language))}"
    yield f"Model: {safe(transcript.model)}"


def turns(transcript: Transcript) -> Iterator[list[Segment]]:
    """Yield the segments of each turn; a segment without a speaker is a turn of its own."""
    turn: list[Segment] = []
    for segment in transcript.segments:
        if turn and (segment.speaker is None or segment.speaker != turn[-1].speaker):
            yield turn
            turn = []
        turn.append(segment)
    if turn:
        yield turn


def clock(seconds: float) -> str:
    """Return a time as hours, minutes and seconds."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}"


def pieces(segment: Segment) -> Iterator[tuple[str, bool]]:
    """Yield the segment's text in pieces, and whether each is an interpolated word."""
    text, written, read = segment.text.strip(), 0, 0
    for word in segment.words:
        bare = word.text.strip()
        found = text.find(bare, read)
        if not bare or found < 0:
            continue
        read = found + len(bare)
        if word.interpolated:
            yield text[written:found], False
            yield bare, True
            written = read
    yield text[written:], False
