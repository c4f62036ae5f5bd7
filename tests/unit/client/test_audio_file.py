import os
from pathlib import Path

import pytest

from whisperfarm_client import audio_file
from whisperfarm_contract.problems import AudioEmpty, MissingAudio


def test_open_audio_reads_name_size_and_a_new_key(wav: Path) -> None:
    first, second = audio_file.open_audio(str(wav)), audio_file.open_audio(str(wav))
    assert first.filename == "call.wav"
    assert first.size_bytes == wav.stat().st_size
    assert first.key != second.key


def test_chunks_report_the_fraction_sent(wav: Path) -> None:
    shares: list[float] = []
    pieces = list(audio_file.chunks(audio_file.open_audio(str(wav)), shares.append))
    assert b"".join(pieces) == wav.read_bytes()
    assert len(pieces) > 1
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_chunks_ignore_appended_bytes(wav: Path) -> None:
    found = audio_file.open_audio(str(wav))
    with wav.open("ab") as file:
        file.write(b"more")
    assert sum(map(len, audio_file.chunks(found, lambda _: None))) == found.size_bytes


def test_chunks_reject_a_shortened_file(wav: Path) -> None:
    found = audio_file.open_audio(str(wav))
    wav.write_bytes(b"RIFF")
    with pytest.raises(MissingAudio, match="became shorter"):
        list(audio_file.chunks(found, lambda _: None))


def test_chunks_reject_a_deleted_file(wav: Path) -> None:
    found = audio_file.open_audio(str(wav))
    wav.unlink()
    with pytest.raises(MissingAudio, match="cannot be read any longer"):
        list(audio_file.chunks(found, lambda _: None))


def test_open_audio_rejects_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(MissingAudio, match="No such file"):
        audio_file.open_audio(str(tmp_path / "absent.wav"))


def test_open_audio_rejects_a_folder_and_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    for path in (tmp_path, tmp_path / "pipe.wav"):
        with pytest.raises(MissingAudio, match="is not a regular file"):
            audio_file.open_audio(str(path))


def test_open_audio_rejects_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.wav"
    path.touch()
    with pytest.raises(AudioEmpty):
        audio_file.open_audio(str(path))
