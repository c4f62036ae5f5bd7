"""Partial segments are read from a checkpoint."""

from whisperfarm_contract.partial_segments import PartialSegment, from_checkpoint


def test_segments_have_the_order_of_the_checkpoint() -> None:
    texts = {"1:32000:48000:de": {"text": " hallo  du "}, "0:0:8000:en": {"text": "hello"}}
    assert from_checkpoint({"texts": {"values": texts}}) == [
        PartialSegment(2.0, 3.0, 1, "de", "hallo du"),
        PartialSegment(0.0, 0.5, 0, "en", "hello"),
    ]
