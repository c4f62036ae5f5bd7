"""What ffmpeg writes to standard error."""

import pytest

from whisperfarm_worker.pipeline.audio.decoder_log import DecoderLog

FRAME = (
    "[Parsed_ashowinfo_2 @ 0x55] [info] n:{n} pts:{pts} pts_time:0.5 pos:9 fmt:s16 channels:2"
    " chlayout:stereo rate:16000 nb_samples:1024 checksum:92DCE209 "
)
END = "plane_checksums: [ 92DCE209 ]\n"


def _read(text: str, piece: int = 7) -> tuple[list[tuple[int | None, int]], list[str]]:
    frames: list[tuple[int | None, int]] = []
    log = DecoderLog(on_frame=lambda stamp, count: frames.append((stamp, count)))
    for at in range(0, len(text), piece):
        log.append(text[at : at + piece].encode())
    log.flush()
    return frames, log.errors


@pytest.mark.parametrize("piece", [1, 100, 10_000])
def test_frames_are_reported_for_any_chunking(piece: int) -> None:
    text = FRAME.format(n=0, pts=8000) + END + FRAME.format(n=1, pts="NOPTS") + END
    assert _read(text, piece) == ([(8000, 1024), (None, 1024)], [])


def test_errors_are_kept_and_other_levels_are_not() -> None:
    text = (
        "[info]   Duration: 00:00:01.00\n[aac @ 0x5] [warning] odd\n"
        "[dec#0 @ 0x1] [aac @ 0x5] [error] broken frame\n[fatal] no streams"
    )
    assert _read(text) == ([], ["broken frame", "no streams"])


def test_metadata_that_looks_like_a_frame_is_ignored() -> None:
    assert _read("[info]     title : " + FRAME.format(n=0, pts=99) + END)[0] == []


def test_error_within_the_line_of_a_frame_is_kept() -> None:
    assert _read(FRAME.format(n=0, pts=1) + "Invalid data found\n" + END) == (
        [(1, 1024)], ["Invalid data found"],
    )  # fmt: skip
