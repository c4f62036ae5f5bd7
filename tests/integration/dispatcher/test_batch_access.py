"""A batch whose client certificate is renewed, or whose API key is rotated, while it runs."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from cryptography import x509

from tests.integration.dispatcher.farm import DispatcherFarm, started
from tests.integration.dispatcher.workers import answering
from tests.support.authority import LOOPBACK, Authority
from tests.support.recordings import wav
from whisperfarm.batch import session
from whisperfarm.batch.request import Request
from whisperfarm.batch.sources.source import open_source
from whisperfarm_client.settings import connection
from whisperfarm_contract.job import Job
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger import KeyGrant

RECORDINGS, CHANGE_EVERY = 40, 8
GRACE_S = 600.0
CALLERS = "certificates: {'DNS:recorder.example.org': {tenant: default, role: caller}}"


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    folder = tmp_path / "calls"
    folder.mkdir()
    for number in range(RECORDINGS):
        (folder / f"{number}.wav").write_bytes(wav(number.to_bytes(4, "little") * 400))
    return folder


def test_renewed_certificate_loses_no_job(tmp_path: Path, calls: Path) -> None:
    authority, own = Authority(tmp_path), tmp_path / "own.pem"

    def renew() -> None:
        names = [x509.DNSName("recorder.example.org")]
        replace_file(own, authority.issue("recorder", names).read_bytes())

    renew()
    (tmp_path / "callers.yaml").write_text(CALLERS)
    with started(
        tmp_path / "farm",
        tls=authority.client(own),
        tls_cert_file=authority.issue("server", [LOOPBACK]),
        tls_client_ca_file=authority.file,
        tls_client_required=True,
        certificates_file=tmp_path / "callers.yaml",
    ) as farm:
        environ = {"WHISPERFARM_CA_FILE": str(authority.file), "WHISPERFARM_CLIENT_CERT": str(own)}
        transcribe(farm, calls, environ, change=renew)


def test_rotated_key_loses_no_job(tmp_path: Path, calls: Path) -> None:
    key_file = tmp_path / "key"
    with started(tmp_path / "farm", require_key=True) as farm:
        api_keys = farm.deps.ledger.api_keys
        first, text = api_keys.create(KeyGrant(tenant="default", role="caller"))
        key_file.write_text(text.text)
        keys = [first]

        def rotate() -> None:
            """Replace the key, and revoke the one before it: it may be in use until now."""
            key, text = api_keys.rotate(keys[-1].id, grace_s=GRACE_S)
            replace_file(key_file, text.text.encode())
            for old in keys[:-1]:
                api_keys.revoke(old.id)
            keys.append(key)

        transcribe(farm, calls, {"WHISPERFARM_API_KEY_FILE": str(key_file)}, change=rotate)
        assert len(keys) == 1 + RECORDINGS // CHANGE_EVERY


def transcribe(
    farm: DispatcherFarm, calls: Path, environ: dict[str, str], *, change: Callable[[], None]
) -> None:
    """Run the batch, with a `change` after every few jobs, and check that each has its output."""
    done = count(1)

    def change_at_times(_: Job) -> None:
        if next(done) % CHANGE_EVERY == 0:
            change()

    request = Request(
        farm=connection(environ, url=farm.url),
        timeout_s=20,
        source=open_source(str(calls), {}, include=(), exclude=()),
        options={}, output=None, formats=("json",), manifest=None, dry_run=False,
        retry_failed=False, summary=None, senders=2, max_jobs=6,
    )  # fmt: skip
    with answering(farm, problem_of=change_at_times):
        assert session.transcribe(request) == 0
    jobs = farm.jobs()
    assert [job.state for job in jobs] == [JobState.SUCCEEDED] * RECORDINGS
    assert {path.stem for path in calls.glob("*.json")} == {str(n) for n in range(RECORDINGS)}


def replace_file(path: Path, content: bytes) -> None:
    """Replace the file at once, as a kubelet does."""
    path.with_suffix(".new").write_bytes(content)
    path.with_suffix(".new").replace(path)
