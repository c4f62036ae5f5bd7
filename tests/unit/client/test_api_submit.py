"""Sending a recording, past all the ways in which networks and farms fail."""

from pathlib import Path
from typing import Any

import pytest

from whisperfarm_client import audio_file
from whisperfarm_client.api import Farm
from whisperfarm_client.errors import AnswerWrong
from whisperfarm_client.retry import Patience
from whisperfarm_contract.problems import (
    DeadlinePassed,
    FarmUnavailable,
    KeyWrong,
    OptionWrong,
    Problem,
    StorageFull,
)


def _submit(remote: Farm, wav: Path, patience: Patience) -> str:
    found = audio_file.find(str(wav))
    return remote.submit(found, {"language": "en"}, patience, lambda *_: None)


def test_a_recording_is_sent_whole_with_its_options(
    farm: Any, remote: Farm, wav: Path, sleeper: Any
) -> None:
    assert _submit(remote, wav, sleeper.patience()) == "j1"
    (seen,) = farm.seen
    assert seen.path == "/v1/jobs"
    assert seen.query == {"language": "en", "filename": "call.wav"}
    assert seen.body == wav.read_bytes()
    assert seen.headers["content-length"] == str(wav.stat().st_size)
    assert seen.headers["authorization"] == "Bearer k1"
    assert sleeper.pauses == []


def test_a_name_that_is_not_utf8_is_sent_as_well_as_it_can(
    farm: Any, remote: Farm, tmp_path: Path, sleeper: Any
) -> None:
    path = tmp_path / b"caf\xe9.wav".decode("utf-8", "surrogateescape")
    path.write_bytes(b"RIFF")
    _submit(remote, path, sleeper.patience())
    assert farm.seen[0].query["filename"] == "caf?.wav"


def test_a_connection_that_breaks_in_mid_upload_is_tried_again_under_the_same_key(
    farm: Any, remote: Farm, wav: Path, sleeper: Any
) -> None:
    keys: list[str] = []

    def drop(handler: Any) -> None:
        keys.append(handler.headers["Idempotency-Key"])
        handler.rfile.read(1000)
        handler.reset()

    farm.on("submit", drop, drop)
    assert _submit(remote, wav, sleeper.patience()) == "j1"
    (seen,) = farm.seen
    assert seen.body == wav.read_bytes()
    assert keys == [seen.headers["idempotency-key"]] * 2


def test_a_lost_answer_is_asked_for_again_under_the_same_key(
    farm: Any, remote: Farm, wav: Path, sleeper: Any
) -> None:
    def lose(handler: Any) -> None:
        farm.note("submit", handler)
        handler.reset()

    farm.on("submit", lose)
    assert _submit(remote, wav, sleeper.patience()) == "j1"
    first, second = farm.seen
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]


def test_a_farm_that_failed_at_a_recording_gets_it_again_under_the_same_key(
    farm: Any, remote: Farm, wav: Path, sleeper: Any
) -> None:
    def fail(handler: Any) -> None:
        farm.note("submit", handler)
        handler.answer(500, Problem("its log says why").to_wire())

    farm.on("submit", fail, fail)
    assert _submit(remote, wav, sleeper.patience()) == "j1"
    assert len({seen.headers["idempotency-key"] for seen in farm.seen}) == 1
    assert [seen.body for seen in farm.seen] == [wav.read_bytes()] * 3


def test_a_farm_that_fails_at_a_recording_each_time_is_given_up_after_the_grace(
    farm: Any, remote: Farm, wav: Path, sleeper: Any
) -> None:
    def fail(handler: Any) -> None:
        handler.read_all()
        handler.answer_bytes(500, b"<html>", kind="text/html")

    farm.on("submit", *[fail] * 50)
    with pytest.raises(AnswerWrong, match="status 500"):
        _submit(remote, wav, sleeper.patience(connect_s=5.0))
    assert 5.0 <= sleeper.now < 10.0


def test_a_busy_farm_is_given_the_time_it_asks_for(
    farm: Any, remote: Farm, wav: Path, sleeper: Any
) -> None:
    def busy(handler: Any) -> None:
        handler.read_all()
        handler.answer(503, {"name": "try-later", "detail": "later"}, {"Retry-After": "7"})

    farm.on("submit", busy)
    assert _submit(remote, wav, sleeper.patience()) == "j1"
    assert sleeper.pauses == [8.75]  # a quarter later at most: not in step with others


def test_a_farm_that_stays_busy_is_given_up_at_the_deadline(
    farm: Any, remote: Farm, wav: Path, sleeper: Any
) -> None:
    def busy(handler: Any) -> None:
        handler.read_all()
        handler.answer(429, {"name": "farm-busy", "detail": "as much as it takes"})

    farm.on("submit", *[busy] * 50)
    with pytest.raises(DeadlinePassed, match="as much as it takes"):
        _submit(remote, wav, sleeper.patience(deadline=20.0))


def test_an_answer_before_the_upload_ends_is_heard(
    farm: Any, remote: Farm, wav: Path, sleeper: Any
) -> None:
    wav.write_bytes(bytes(32_000_000))  # more than the buffers of a connection hold

    def refuse(handler: Any) -> None:
        handler.answer(401, KeyWrong("the key is not known").to_wire(), {"Connection": "close"})
        handler.close_connection = True

    farm.on("submit", refuse)
    with pytest.raises(KeyWrong, match="the key is not known"):
        _submit(remote, wav, sleeper.patience())
    assert sleeper.pauses == []


@pytest.mark.parametrize("problem", [OptionWrong("beam_size: no"), StorageFull("full")])
def test_a_refusal_is_not_tried_again(
    farm: Any, remote: Farm, wav: Path, sleeper: Any, problem: Any
) -> None:
    def refuse(handler: Any) -> None:
        handler.read_all()
        handler.answer(problem.status, problem.to_wire())

    farm.on("submit", refuse)
    with pytest.raises(type(problem)):
        _submit(remote, wav, sleeper.patience())
    assert sleeper.pauses == []


def test_a_redirect_is_not_followed(farm: Any, remote: Farm, wav: Path, sleeper: Any) -> None:
    def redirect(handler: Any) -> None:
        handler.read_all()
        handler.answer_bytes(307, b"", {"Location": f"{farm.url}/elsewhere"})

    farm.on("submit", redirect)
    with pytest.raises(AnswerWrong, match="/elsewhere"):
        _submit(remote, wav, sleeper.patience())
    assert farm.seen == []


def test_what_does_not_speak_http_is_told_apart(
    farm: Any, remote: Farm, wav: Path, sleeper: Any
) -> None:
    def greet(handler: Any) -> None:
        handler.read_all()
        handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        handler.close_connection = True

    farm.on("submit", greet)
    with pytest.raises(AnswerWrong, match="does not speak HTTP"):
        _submit(remote, wav, sleeper.patience())


def test_nothing_at_the_url_is_told_after_the_grace(
    farm: Any, remote: Farm, wav: Path, sleeper: Any
) -> None:
    farm.close()
    with pytest.raises(
        FarmUnavailable, match=rf"no server responds at {farm.url} \(Connection refused\)"
    ):
        _submit(remote, wav, sleeper.patience(connect_s=5.0))
    assert 5.0 <= sleeper.now < 10.0


def test_a_farm_that_starts_within_the_grace_gets_the_recording(
    farm: Any, remote: Farm, wav: Path, sleeper: Any
) -> None:
    farm.close()
    sleeper.meanwhile = farm.open
    assert _submit(remote, wav, sleeper.patience()) == "j1"
    assert len(sleeper.pauses) == 1


def test_an_upload_ends_at_the_deadline(farm: Any, remote: Farm, wav: Path, sleeper: Any) -> None:
    patience = sleeper.patience(deadline=10.0)

    def late(*_: object) -> None:
        sleeper.now = 10.0

    with pytest.raises(DeadlinePassed, match="still being sent"):
        remote.submit(audio_file.find(str(wav)), {}, patience, late)
