"""The wire itself, over TLS. What a plain connection survives is in test_farm."""

import ssl
from pathlib import Path
from typing import Any

import pytest

from tests.servers.certificate import certificate
from whisperfarm_client.transport import Line
from whisperfarm_contract.problems import FarmUnavailable, SettingsWrong


@pytest.fixture
def authority(farm: Any, tmp_path: Path) -> Path:
    """Lets the double speak TLS from now on; the file is its own certificate."""
    made = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.file, made.key)
    farm.speak_tls(context)
    return made.file


def test_a_farm_of_a_known_authority_is_spoken_to(farm: Any, authority: Path) -> None:
    line = Line(farm.address._replace(scheme="https"), key=None, ca_file=str(authority))
    answer = line.exchange("GET", "/v1/jobs/j1?wait=0", timeout_s=10.0)
    line.close()
    assert answer.status == 200


@pytest.mark.usefixtures("authority")
def test_a_farm_of_an_unknown_authority_is_refused_at_once(farm: Any) -> None:
    line = Line(farm.address._replace(scheme="https"), key="k1", ca_file=None)
    with pytest.raises(FarmUnavailable, match=r"is not trusted: .*WHISPERFARM_CA_FILE"):
        line.exchange("GET", "/v1/jobs/j1", timeout_s=10.0)
    assert farm.seen == []


def test_a_file_of_authorities_that_is_none_is_named(farm: Any, tmp_path: Path) -> None:
    path = tmp_path / "none.pem"
    for content in (None, "no certificate"):
        if content is not None:
            path.write_text(content)
        with pytest.raises(SettingsWrong, match=r"^WHISPERFARM_CA_FILE: .*none\.pem"):
            Line(farm.address._replace(scheme="https"), key=None, ca_file=str(path))
