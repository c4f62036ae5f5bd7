"""The link from which a transcript can be fetched."""

from pathlib import Path

import httpx

from tests.integration.dispatcher.farm import DispatcherFarm, started
from whisperfarm_store.blobs import FolderBlobs


class LinkedBlobs(FolderBlobs):
    """A blob store that makes links."""

    def presigned_url(self, key: str, *, expires_s: int) -> str:
        return f"https://store.example.org/{key}?for={expires_s}"


def test_link_leads_to_the_farm_without_presigned_urls(farm: DispatcherFarm, audio: bytes) -> None:
    job_id = farm.transcribed(audio)
    answer = farm.http.get(f"{farm.url}/v1/jobs/{job_id}/result?link=true")
    assert answer.json() == {"url": f"/v1/jobs/{job_id}/result", "expires_at": None}
    assert farm.http.get(farm.url + answer.json()["url"]).json()["text"] == "hello there"


def test_link_leads_to_the_blob_store(tmp_path: Path, audio: bytes) -> None:
    blobs = LinkedBlobs(tmp_path / "blobs")
    with started(tmp_path, blobs=blobs, link_expires_s=90) as farm:
        job_id = farm.transcribed(audio)
        answer = farm.http.get(f"{farm.url}/v1/jobs/{job_id}/result?link=true")
    place = f"results/default/{job_id}/1/transcript.json"
    assert answer.json()["url"] == f"https://store.example.org/{place}?for=90"
    assert answer.json()["expires_at"].endswith("Z")
    assert answer.headers["Cache-Control"] == "no-store"


def test_link_needs_a_finished_job(farm: DispatcherFarm, audio: bytes) -> None:
    job_id = farm.submit(audio)["id"]
    answer = farm.http.get(f"{farm.url}/v1/jobs/{job_id}/result?link=true")
    assert (answer.status_code, answer.json()["name"]) == (409, "job-not-finished")


def test_link_needs_format_json(farm: DispatcherFarm, audio: bytes) -> None:
    job_id = farm.transcribed(audio)
    answer: httpx.Response = farm.http.get(
        f"{farm.url}/v1/jobs/{job_id}/result", params={"link": "true", "format": "srt"}
    )
    assert (answer.status_code, answer.json()["name"]) == (422, "invalid-option")
