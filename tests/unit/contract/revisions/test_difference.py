"""The difference names the members of segments that changed."""

from dataclasses import replace

from whisperfarm_contract.revisions.difference import changes
from whisperfarm_contract.transcript import Transcript


def test_equal_transcripts_have_no_difference(call: Transcript) -> None:
    assert changes(call, call) == []


def test_changed_members_are_shown_before_and_after(call: Transcript) -> None:
    first, second = call.segments
    child = replace(call, segments=(first, replace(second, text="Hello!", tags=("loud",))))
    assert changes(call, child) == [
        {
            "segment": 1,
            "before": {"text": "Hello.", "tags": []},
            "after": {"text": "Hello!", "tags": ["loud"]},
        }
    ]


def test_segment_that_one_side_lacks_is_null_there(call: Transcript) -> None:
    shorter = replace(call, segments=call.segments[:1])
    [change] = changes(call, shorter)
    assert (change["segment"], change["after"]) == (1, None)
    assert changes(shorter, call)[0]["before"] is None
