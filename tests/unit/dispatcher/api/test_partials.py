"""A stream sends each partial segment once, and says when an attempt voids earlier ones."""

from dataclasses import replace

import pytest

from whisperfarm_contract.examples import JOB
from whisperfarm_contract.partial_segments import PartialSegment
from whisperfarm_contract.states import JobState
from whisperfarm_dispatcher.api.partials import MAX_SEGMENTS, Cursor, advance, split_event_id

RUNNING = replace(JOB, state=JobState.RUNNING, attempt=1)


def _segments(*texts: str) -> list[PartialSegment]:
    return [PartialSegment(0.0, 1.0, 0, "en", text) for text in texts]


def _texts(partial: object) -> list[str]:
    assert isinstance(partial, dict)
    return [one["text"] for one in partial["segments"]]


def test_new_segments_are_sent_once() -> None:
    cursor, partial = advance(RUNNING, Cursor(), _segments("a", "b"))
    assert _texts(partial) == ["a", "b"]
    assert advance(RUNNING, cursor, _segments("a", "b")) == (cursor, None)
    assert _texts(advance(RUNNING, cursor, _segments("a", "b", "c"))[1]) == ["c"]


def test_next_attempt_voids_what_was_sent() -> None:
    second = replace(RUNNING, attempt=2)
    cursor, partial = advance(second, Cursor(1, 2), [])
    assert partial == {"attempt": 2, "voids_earlier": True, "segments": []}
    assert advance(second, cursor, []) == (Cursor(2, 0), None)


def test_next_attempt_voids_nothing_if_nothing_was_sent() -> None:
    assert advance(replace(RUNNING, attempt=2), Cursor(1, 0), []) == (Cursor(2, 0), None)


def test_job_that_has_ended_voids_nothing() -> None:
    ended = replace(RUNNING, attempt=2, state=JobState.SUCCEEDED)
    assert advance(ended, Cursor(1, 2), []) == (Cursor(1, 2), None)


def test_many_segments_are_sent_in_parts() -> None:
    many = _segments(*map(str, range(MAX_SEGMENTS + 1)))
    cursor, first = advance(RUNNING, Cursor(), many)
    assert len(_texts(first)) == MAX_SEGMENTS
    assert _texts(advance(RUNNING, cursor, many)[1]) == [str(MAX_SEGMENTS)]


def test_windows_without_text_are_passed_over() -> None:
    assert advance(RUNNING, Cursor(), _segments("", "")) == (Cursor(1, 2), None)


def test_event_id_has_the_cursor() -> None:
    assert split_event_id("1-running-none/1.17") == ("1-running-none", Cursor(1, 17))


@pytest.mark.parametrize("text", [None, "", "1-running-none", "x/1.-2", "x/1", "x/٣.1"])
def test_event_id_of_another_form_has_no_cursor(text: str | None) -> None:
    assert split_event_id(text) == (text, Cursor())
