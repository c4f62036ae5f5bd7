"""A self-signed certificate for loopback."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

_MADE_BY = (
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=farm"
    " -addext"
)


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate and its key."""

    file: Path
    key: Path


def certificate(folder: Path) -> Certificate:
    """Make a certificate for 127.0.0.1 in that folder. Skips the test if openssl is missing."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("the openssl command makes the certificate: apt-get install openssl")
    made = Certificate(folder / "certificate.pem", folder / "certificate.key")
    of_loopback = "subjectAltName=IP:127.0.0.1"
    subprocess.run(
        [openssl, *_MADE_BY.split(), of_loopback, "-keyout", made.key, "-out", made.file],
        check=True,
        capture_output=True,
    )
    return made
