import pytest

from whisperfarm_dispatcher.api.byte_range import ByteRange, UnsatisfiableRange, read_range


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-", (0, 10)),
        ("bytes=2-3", (2, 4)),
        ("bytes=2-99", (2, 10)),
        ("bytes=-3", (7, 10)),
        ("bytes=-99", (0, 10)),
    ],
)
def test_range_ends_with_the_file(header: str, expected: tuple[int, int]) -> None:
    assert read_range(header, 10) == ByteRange(*expected)


@pytest.mark.parametrize("header", [None, "", "bytes=-", "bytes=3-2", "bytes=0-1,3-4", "lines=1-2"])
def test_other_headers_ask_for_the_whole_file(header: str | None) -> None:
    assert read_range(header, 10) is None


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=-0"])
def test_range_behind_the_file_is_refused(header: str) -> None:
    with pytest.raises(UnsatisfiableRange):
        read_range(header, 10)
