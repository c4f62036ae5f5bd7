"""Which files of a folder become recordings, and with which options."""

from whisperfarm.watch import layout
from whisperfarm.watch.file import File
from whisperfarm.watch.layout import Recording
from whisperfarm.watch.scan import Version
from whisperfarm.watch.wav_header import WavHeader

CALL = "f47ac10b-58cc-4372"


def _file(
    path: str,
    channels: int = 1,
    *,
    is_settled: bool = True,
    unchanged_s: float = 120.0,
    written_at: int = 1,
    seconds: float = 0.0,
) -> File:
    header = WavHeader(channels, not is_settled, seconds)
    return File(path, Version(1000, written_at), is_settled, unchanged_s, header)


def siprec(files: list[File]) -> list[Recording]:
    return layout.siprec(files, 120.0)


def _summary(recordings: list[Recording]) -> dict[str, tuple[str, str | None, list[str]]]:
    return {
        one.file.path: (
            one.options["reference"],
            one.options.get("channels"),
            [leg.path for leg in one.covers],
        )
        for one in recordings
    }


def test_plain_layout_takes_every_settled_file() -> None:
    files = [_file("a.mp3"), _file("b/c.wav", 2), _file("d.wav", is_settled=False)]
    recordings = layout.plain(files, 120.0)
    assert [one.file.path for one in recordings] == ["a.mp3", "b/c.wav"]
    assert all(one.options == {} for one in recordings)


def test_combined_file_covers_its_legs() -> None:
    files = [_file(f"x/{CALL}.wav", 2), _file(f"x/{CALL}leg0.wav"), _file(f"x/{CALL}leg1.wav")]
    legs = [f"x/{CALL}leg0.wav", f"x/{CALL}leg1.wav"]
    assert _summary(siprec(files)) == {f"x/{CALL}.wav": (CALL, "speakers", legs)}


def test_legs_may_have_labels_of_sdp() -> None:
    files = [_file(f"{CALL}.wav", 2), _file(f"{CALL}agent.wav"), _file(f"{CALL}1.wav")]
    assert list(_summary(siprec(files))) == [f"{CALL}.wav"]


def test_legs_wait_for_a_combined_file_that_is_being_written() -> None:
    files = [_file(f"{CALL}.wav", 2, is_settled=False), _file(f"{CALL}leg0.wav")]
    assert siprec(files) == []


def test_leg_waits_for_the_other_legs_of_its_call() -> None:
    files = [_file(f"{CALL}leg0.wav"), _file(f"{CALL}leg1.wav", is_settled=False)]
    assert siprec(files) == []


def test_leg_waits_for_a_combined_file_that_has_not_appeared() -> None:
    assert siprec([_file(f"{CALL}leg0.wav", unchanged_s=119.0)]) == []
    assert len(siprec([_file(f"{CALL}.wav", 2, unchanged_s=10.0)])) == 1


def test_legs_without_a_combined_file_are_one_call() -> None:
    files = [
        _file(f"{CALL}leg10.wav", seconds=60.0, written_at=100_250_000_000),
        _file(f"{CALL}leg0.wav", seconds=100.0, written_at=100_000_000_000),
        _file(f"{CALL}leg2.wav", seconds=99.0, written_at=100_000_000_000),
        _file("otherleg0.wav", seconds=1.0),
    ]
    call, other = siprec(files)
    legs = [f"{CALL}leg0.wav", f"{CALL}leg2.wav", f"{CALL}leg10.wav"]
    assert [file.path for file in call.sent] == legs
    assert (call.leg_offsets_s, call.options) == ((0.0, 1.0, 40.25), {"reference": CALL})
    assert f"there is no {CALL}.wav" in call.note
    assert (other.file.path, other.leg_offsets_s) == ("otherleg0.wav", ())
    assert "by itself" in other.note


def test_legs_whose_times_are_those_of_a_copy_start_together() -> None:
    files = [
        _file("17leg0.wav", seconds=5.0, written_at=10_000_000_000),
        _file("17leg1.wav", seconds=5.0, written_at=99_000_000_000),
    ]
    (call,) = siprec(files)
    assert call.leg_offsets_s == (0.0, 0.0)


def test_leg_without_audio_does_not_spoil_its_call() -> None:
    files = [_file(f"17leg{number}.wav", seconds=number) for number in range(3)]
    alone, call = siprec(files)
    assert (alone.file.path, alone.leg_offsets_s) == ("17leg0.wav", ())
    assert [file.path for file in call.sent] == ["17leg1.wav", "17leg2.wav"]


def test_more_legs_than_a_job_may_have_become_several() -> None:
    calls = siprec([_file(f"17leg{number}.wav", seconds=1.0) for number in range(33)])
    assert [len(one.sent) for one in calls] == [16, 16, 1]


def test_call_with_one_stream_is_a_recording() -> None:
    (recording,) = siprec([_file(f"{CALL}.wav")])
    assert (recording.options, recording.note) == ({"reference": CALL}, "")


def test_call_whose_id_begins_with_another_one_is_kept_apart() -> None:
    legs = [_file("17leg0.wav"), _file("17leg1.wav")]
    files = [_file("17.wav", 2), *legs, _file("17-second-call.wav")]
    assert _summary(siprec(files)) == {
        "17.wav": ("17", "speakers", ["17leg0.wav", "17leg1.wav"]),
        "17-second-call.wav": ("17-second-call", None, []),
    }


def test_call_is_not_taken_for_the_leg_of_another_one_without_legs() -> None:
    files = [_file("17.wav", 2), _file("17-second-call.wav")]
    assert list(_summary(siprec(files))) == ["17.wav", "17-second-call.wav"]
    newer = [_file("17.wav", 2), _file("17a.wav"), _file("17b.wav", written_at=2)]
    assert list(_summary(siprec(newer))) == ["17.wav", "17a.wav", "17b.wav"]


def test_calls_of_two_folders_are_kept_apart() -> None:
    files = [_file(f"a/{CALL}.wav", 2), _file(f"b/{CALL}leg0.wav")]
    assert sorted(_summary(siprec(files))) == [f"a/{CALL}.wav", f"b/{CALL}leg0.wav"]


def test_other_files_of_siprec_are_left_alone() -> None:
    names = (f"{CALL}.siprec", f"{CALL}.wav.locations", f"{CALL}.wav.pii.json", "x.mp3")
    assert siprec([_file(name) for name in names]) == []
