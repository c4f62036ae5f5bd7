"""What ffmpeg writes to standard error."""

import pytest

from whisperfarm_worker.pipeline.audio.decoder_log import DecoderLog

FRAME = (
    "[Parsed_ashowinfo_2 @ 0x55] [info] n:{n} pts:{pts} pts_time:0.5 pos:9 fmt:s16 channels:2"
    " chlayout:stereo rate:16000 nb_samples:1024 checksum:92DCE209 "
)
END = "plane_checksums: [ 92DCE209 ]\n"


def _read(
    text: str, piece: int = 7, *, ends_with_error: bool = False
) -> tuple[list[tuple[int | None, int]], list[str]]:
    frames: list[tuple[int | None, int]] = []
    log = DecoderLog(
        on_frame=lambda stamp, count: frames.append((stamp, count)),
        ends_with_error=ends_with_error,
    )
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


@pytest.mark.parametrize(
    ("written", "error"),
    [
        ("Invalid data found\n", "Invalid data found"),
        ("channel element 2.3 is not allocated\n", "channel element 2.3 is not allocated"),
        ("[dec#0 @ 0x1] [aac @ 0x5] [error] broken frame\n", "broken frame"),
    ],
)
def test_error_within_the_line_of_a_frame_is_kept(written: str, error: str) -> None:
    rest = "[Parsed_ashowinfo_2 @ 0x55] [info] " + END
    assert _read(FRAME.format(n=0, pts=1) + written + rest) == ([(1, 1024)], [error])
    inside_end = FRAME.format(n=0, pts=1) + "plane_checksums: [ 92DC" + written + "09E2 ]\n"
    assert _read(inside_end) == ([(1, 1024)], [error])


@pytest.mark.parametrize(
    "error",
    [
        "[error] file:call.gxf: Operation not permitted\n",
        "[in#0/gxf @ 0x5] [error] Error during demuxing: Operation not permitted\n",
        "[gxf @ 0x5] [error] Error during demuxing: Invalid data found when processing input\n",
    ],
)
def test_end_that_a_demuxer_reports_as_an_error_is_ignored(error: str) -> None:
    assert _read(error, ends_with_error=True) == ([], [])
    assert len(_read(error)[1]) == 1


MAPPING = "[info] Stream mapping:\n[info]   Stream #0:0 -> #0:0 (aac (native) -> pcm_s16le)\n"
STREAM = "[info]   Stream #0:0: Audio: pcm_s16le, 16000 Hz, mono, s16, 256 kb/s"


def test_error_within_the_line_of_a_stream_is_kept() -> None:
    [error] = _read(MAPPING + STREAM + "Error submitting packet to decoder: -1\n")[1]
    assert error.endswith("Error submitting packet to decoder: -1")
    assert _read(MAPPING + STREAM + "[aac @ 0x5] [error] broken frame\n")[1] == ["broken frame"]


def test_frame_within_another_line_is_reported() -> None:
    fields = FRAME.format(n=0, pts=8000).partition("[info] ")[2] + END
    assert _read(MAPPING + STREAM + fields) == ([(8000, 1024)], [])
    assert _read(MAPPING + "[aac @ 0x5] [error] broken: " + fields)[0] == [(8000, 1024)]


def test_metadata_that_looks_like_an_error_is_ignored() -> None:
    title = "[info]     title : invalid [error] corrupt\n"
    assert _read(title + "                : Stream mapping:\n" + title) == ([], [])


def test_lines_of_a_decoding_without_errors_are_none() -> None:
    text = (
        MAPPING + "[info] Output #0, wav, to 'pipe:1':\n" + STREAM + "\n"
        "[info] size=     313kB time=00:00:10.00 bitrate= 256.1kbits/s speed= 812x\n"
        "[info] video:0kB audio:313kB subtitle:0kB other streams:0kB muxing overhead: 0.02%\n"
        "[info]     Last message repeated 3 times\n"
    )
    assert _read(text + FRAME.format(n=0, pts=1) + END) == ([(1, 1024)], [])


@pytest.mark.parametrize("before", ["[mp3float @ 0x5] [info] ", FRAME.format(n=0, pts=1)])
def test_note_about_a_wrong_size_is_not_an_error(before: str) -> None:
    assert _read(MAPPING + before + "overread, skip -6 enddists: -2 -2\n")[1] == []
