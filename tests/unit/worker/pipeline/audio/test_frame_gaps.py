"""Damage and tags between the frames of a stream."""

from pathlib import Path

import pytest

from whisperfarm_contract.media import CONTAINERS, frames
from whisperfarm_worker.pipeline.audio import frame_gaps
from whisperfarm_worker.pipeline.audio.ffmpeg import Input
from whisperfarm_worker.pipeline.audio.frame_gaps import Gap, GapClock

SIZE = 200
FRAME_S = 1024 / 16_000
HEADER = bytes([0xFF, 0xF1, 0x60, 0x40, SIZE >> 3, (SIZE & 7) << 5 | 0x1F, 0xFC])
FRAME = HEADER.ljust(SIZE, b"\x5a")
"""A frame of AAC at 16 kHz."""

ID3 = b"ID3\4\0\0\0\0\0\x14" + bytes(20)
ID3V1 = b"TAG" + bytes(125)


def _find(path: Path, content: bytes, offset: int = 0, max_audio_s: float = 1e6) -> list[Gap]:
    path.write_bytes(content)
    source = Input(path=path, container=CONTAINERS["aac"], offset=offset)
    return frame_gaps.find(source, max_audio_s=max_audio_s, on_poll=lambda: None)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "call.aac"


def test_frame_of_these_tests_is_a_frame() -> None:
    assert frames.adts(FRAME) == frames.Frame("aac", SIZE, FRAME_S, (0, 0x18))


def test_destroyed_frames_are_a_gap_with_their_length(path: Path) -> None:
    [gap] = _find(path, 50 * FRAME + bytes(3 * SIZE) + 20 * FRAME)
    assert (gap.start, gap.end) == (50 * SIZE, 53 * SIZE)
    assert (gap.at_s, gap.missing_s) == pytest.approx((50 * FRAME_S, 3 * FRAME_S))


def test_time_before_a_gap_leaves_out_earlier_gaps(path: Path) -> None:
    part = 10 * FRAME + bytes(SIZE)
    gaps = _find(path, b"before" + part + part + 10 * FRAME, offset=6)
    assert [gap.at_s for gap in gaps] == pytest.approx([10 * FRAME_S, 20 * FRAME_S])


def test_tags_between_joined_files_take_no_time(path: Path) -> None:
    [gap] = _find(path, 10 * FRAME + ID3V1 + ID3 + 10 * FRAME)
    assert gap == Gap(10 * SIZE, 10 * SIZE + len(ID3V1 + ID3), pytest.approx(10 * FRAME_S), 0.0)


@pytest.mark.parametrize("end", [b"", ID3V1, bytes(5000), FRAME[:100]])
def test_what_follows_the_last_frame_is_not_a_gap(path: Path, end: bytes) -> None:
    assert _find(path, 10 * FRAME + end) == []


def test_other_format_after_a_joint_is_not_a_gap(path: Path) -> None:
    other = bytes([*FRAME[:2], FRAME[2] ^ 0x0C, *FRAME[3:]])
    assert _find(path, 10 * FRAME + 10 * other) == []


def test_stream_with_too_much_between_its_frames_is_left_alone(path: Path) -> None:
    assert _find(path, 10 * FRAME + bytes(1_200_000) + 10 * FRAME) == []
    assert _find(path, (5 * FRAME + bytes(SIZE)) * 1001 + 5 * FRAME) == []


def test_search_ends_with_the_longest_audio(path: Path) -> None:
    content = 50 * FRAME + bytes(SIZE) + 20 * FRAME
    assert _find(path, content, max_audio_s=49 * FRAME_S) == []


def test_copy_has_the_frames_alone(path: Path) -> None:
    gaps = _find(path, ID3 + 10 * FRAME + bytes(SIZE) + 9 * FRAME + ID3 + 8 * FRAME, len(ID3))
    source = Input(path=path, container=CONTAINERS["aac"], offset=len(ID3))
    copy = path.with_name("copy")
    frame_gaps.copy_without(gaps, source, copy)
    assert copy.read_bytes() == 27 * FRAME


def test_clock_adds_the_lost_time_behind_each_gap() -> None:
    seen: list[tuple[int | None, int]] = []
    clock = GapClock(
        lambda stamp, count: seen.append((stamp, count)),
        [Gap(0, 1, 1.0, 0.5), Gap(1, 2, 2.0, 0.25), Gap(2, 3, 2.0, 0.0)],
    )
    for stamp in (0, 15_000, 16_000, None, 32_000):
        clock.add(stamp, 1024)
    assert [stamp for stamp, _ in seen] == [0, 15_000, 24_000, None, 44_000]


def test_warning_states_bytes_and_seconds_of_what_was_lost() -> None:
    [warning] = frame_gaps.warnings([Gap(10, 30, 1.0, 0.5), Gap(50, 80, 2.0, 0.0)])
    assert "20 bytes" in warning
    assert "0.50 s" in warning
    assert frame_gaps.warnings([Gap(50, 80, 2.0, 0.0)]) == []
