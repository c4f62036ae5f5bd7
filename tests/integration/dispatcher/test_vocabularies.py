"""Vocabularies over HTTP, and the jobs that name them."""

import httpx

from tests.integration.dispatcher.farm import WAV, DispatcherFarm


def put(farm: DispatcherFarm, name: str, text: str | bytes) -> httpx.Response:
    return farm.http.put(f"{farm.url}/v1/vocabularies/{name}", content=text)


def submit(farm: DispatcherFarm, audio: bytes, key: str = "", **query: str) -> httpx.Response:
    headers = {**WAV, **({"Idempotency-Key": key} if key else {})}
    return farm.http.post(f"{farm.url}/v1/jobs", params=query, content=audio, headers=headers)


def test_job_keeps_the_words_that_its_vocabulary_had(farm: DispatcherFarm, audio: bytes) -> None:
    stored = put(farm, "names", "Meyer\nAurora 5\n").json()
    assert stored["words"] == ["Meyer", "Aurora 5"]
    job = submit(farm, audio, vocabulary="names", hotwords="Schulz").json()
    put(farm, "names", "Maier")
    options = farm.http.get(f"{farm.url}/v1/jobs/{job['id']}").json()["options"]
    assert options["vocabulary"] == "names"
    assert options["hotwords"] == "Schulz, Meyer, Aurora 5"


def test_repeated_request_gets_its_job_after_the_vocabulary_changed(
    farm: DispatcherFarm, audio: bytes
) -> None:
    put(farm, "names", "Meyer")
    first = submit(farm, audio, key="call-1", vocabulary="names")
    put(farm, "names", "Maier")
    again = submit(farm, audio, key="call-1", vocabulary="names")
    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])


def test_unknown_vocabulary_is_refused_before_the_recording_is_stored(
    farm: DispatcherFarm, audio: bytes
) -> None:
    before_the_file = submit(farm, audio, vocabulary="streets")
    after_the_file = farm.http.post(
        f"{farm.url}/v1/jobs", files={"file": audio, "vocabulary": (None, "streets")}
    )
    for answer in (before_the_file, after_the_file):
        assert (answer.status_code, answer.json()["name"]) == (422, "unknown-vocabulary")
        assert "PUT /v1/vocabularies/streets" in answer.json()["detail"]
    assert farm.blobs() == []


def test_vocabulary_is_listed_shown_and_deleted(farm: DispatcherFarm) -> None:
    put(farm, "streets", "Main Street")
    url = f"{farm.url}/v1/vocabularies"
    assert [one["name"] for one in farm.http.get(url).json()["vocabularies"]] == ["streets"]
    assert farm.http.get(f"{url}/streets").json()["words"] == ["Main Street"]
    assert farm.http.delete(f"{url}/streets").status_code == 204
    assert farm.http.get(f"{url}/streets").json()["name"] == "vocabulary-not-found"
    assert farm.http.delete(f"{url}/streets").status_code == 404


def test_text_that_is_no_vocabulary_is_refused(farm: DispatcherFarm) -> None:
    for name, text in (("names", b""), ("names", b"\xff\xfe"), ("names", b"x" * 20_000)):
        assert put(farm, name, text).status_code in {400, 422}
    assert put(farm, "a" * 65, "x").json()["name"] == "invalid-option"
    assert farm.http.get(f"{farm.url}/v1/vocabularies").json()["vocabularies"] == []
