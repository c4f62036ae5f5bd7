import os
from pathlib import Path

import pytest

from whisperfarm_client import audio_file
from whisperfarm_contract.problems import AudioEmpty, AudioMissing


def test_a_recording_is_known_by_name_size_and_a_key_of_its_own(wav: Path) -> None:
    first, second = audio_file.find(str(wav)), audio_file.find(str(wav))
    assert (first.filename, first.stem) == ("call.wav", "call")
    assert first.size_bytes == wav.stat().st_size
    assert first.key != second.key


def test_the_stem_is_what_whisper_takes_for_it(tmp_path: Path) -> None:
    path = tmp_path / "call.2026.wav"
    path.write_bytes(b"x")
    assert audio_file.find(str(path)).stem == "call.2026"


def test_the_bytes_come_in_pieces_with_the_share_sent(wav: Path) -> None:
    shares: list[float] = []
    pieces = list(audio_file.chunks(audio_file.find(str(wav)), shares.append))
    assert b"".join(pieces) == wav.read_bytes()
    assert len(pieces) > 1
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_what_is_appended_meanwhile_is_not_sent(wav: Path) -> None:
    found = audio_file.find(str(wav))
    with wav.open("ab") as file:
        file.write(b"more")
    assert sum(map(len, audio_file.chunks(found, lambda _: None))) == found.size_bytes


def test_a_file_that_became_shorter_is_refused(wav: Path) -> None:
    found = audio_file.find(str(wav))
    wav.write_bytes(b"RIFF")
    with pytest.raises(AudioMissing, match="became shorter"):
        list(audio_file.chunks(found, lambda _: None))


def test_a_file_that_went_away_is_refused(wav: Path) -> None:
    found = audio_file.find(str(wav))
    wav.unlink()
    with pytest.raises(AudioMissing, match="cannot be read any longer"):
        list(audio_file.chunks(found, lambda _: None))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AudioMissing, match="No such file"):
        audio_file.find(str(tmp_path / "absent.wav"))


def test_a_folder_and_a_pipe_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    for path in (tmp_path, tmp_path / "pipe.wav"):
        with pytest.raises(AudioMissing, match="is not a regular file"):
            audio_file.find(str(path))


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.wav"
    path.touch()
    with pytest.raises(AudioEmpty):
        audio_file.find(str(path))
