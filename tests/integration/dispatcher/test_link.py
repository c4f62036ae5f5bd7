"""Where a transcript can be fetched from."""

from pathlib import Path

import httpx

from tests.integration.dispatcher.farm import Farm, started
from whisperfarm_store.blobs import FolderBlobs


class LinkedBlobs(FolderBlobs):
    """A store that has links."""

    def link(self, key: str, *, expires_s: int) -> str:
        return f"https://store.example.org/{key}?for={expires_s}"


def test_a_store_without_links_is_read_through_the_farm(farm: Farm, audio: bytes) -> None:
    job_id = farm.transcribed(audio)
    answer = farm.http.get(f"{farm.url}/v1/jobs/{job_id}/result?link=true")
    assert answer.json() == {"url": f"/v1/jobs/{job_id}/result", "expires_at": None}
    assert farm.http.get(farm.url + answer.json()["url"]).json()["text"] == "hello there"


def test_a_store_with_links_is_read_by_the_caller_itself(tmp_path: Path, audio: bytes) -> None:
    blobs = LinkedBlobs(tmp_path / "blobs")
    with started(tmp_path, blobs=blobs, link_expires_s=90) as farm:
        job_id = farm.transcribed(audio)
        answer = farm.http.get(f"{farm.url}/v1/jobs/{job_id}/result?link=true")
    place = f"results/default/{job_id}/1/transcript.json"
    assert answer.json()["url"] == f"https://store.example.org/{place}?for=90"
    assert answer.json()["expires_at"].endswith("Z")
    assert answer.headers["Cache-Control"] == "no-store"


def test_there_is_no_link_to_what_has_not_ended(farm: Farm, audio: bytes) -> None:
    job_id = farm.submit(audio)["id"]
    answer = farm.http.get(f"{farm.url}/v1/jobs/{job_id}/result?link=true")
    assert (answer.status_code, answer.json()["name"]) == (409, "job-not-finished")


def test_there_are_links_to_json_alone(farm: Farm, audio: bytes) -> None:
    job_id = farm.transcribed(audio)
    answer: httpx.Response = farm.http.get(
        f"{farm.url}/v1/jobs/{job_id}/result", params={"link": "true", "format": "srt"}
    )
    assert (answer.status_code, answer.json()["name"]) == (422, "option-wrong")
