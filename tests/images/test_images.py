"""What holds for every image."""

import json

from tests.images.builder import Secrets
from tests.images.container import inspected, ran
from tests.images.layers import files_with, history
from tests.support.project import VERSION

_BILL = "/usr/share/whisperfarm/bill-of-materials.cdx.json"
_WITH_TORCH = ("-cpu", "-gpu")


def shell(image: str, line: str) -> str:
    ended = ran(image, "-c", line, options=("--entrypoint", "sh"))
    return ended.stdout + ended.stderr


def test_image_runs_as_an_unprivileged_user(image: str) -> None:
    assert shell(image, "id -u; id -g").split() == ["10001", "10001"]


def test_image_prints_its_version(image: str) -> None:
    assert VERSION in ran(image, "--version").stdout


def test_image_is_read_only_except_tmp_and_data(image: str) -> None:
    assert "Read-only file system" in shell(image, "echo x > /opt/venv/x")
    assert shell(image, "echo x > /tmp/x && echo x > /data/x && cat /tmp/x /data/x").split() == [
        "x",
        "x",
    ]


def test_code_belongs_to_root(image: str) -> None:
    options = ("--entrypoint", "sh", "--read-only=false")
    ended = ran(image, "-c", "echo x > /opt/venv/x", options=options)
    assert "Permission denied" in ended.stderr


def test_labels_describe_the_image(image: str) -> None:
    labels = inspected(image)["Config"]["Labels"]
    name = "org.opencontainers.image."
    assert labels[f"{name}version"] == VERSION
    assert labels[f"{name}licenses"] == "Apache-2.0"
    assert len(labels[f"{name}revision"]) == 40
    assert labels[f"{name}created"].startswith("20")
    if "worker" in labels[f"{name}title"]:
        assert labels["whisperfarm.models"] == "demo"
    if image.endswith(_WITH_TORCH):
        assert labels["whisperfarm.torch"].startswith("2.")
        assert labels["whisperfarm.whisperx"].startswith("3.")


def test_bill_of_materials_lists_the_installed_packages(image: str) -> None:
    bill = json.loads(ran(image, _BILL, options=("--entrypoint", "cat")).stdout)
    assert bill["bomFormat"] == "CycloneDX"
    listed = {part["name"]: part["version"] for part in bill["components"]}
    assert listed["whisperfarm"] == VERSION
    asked = (
        "import importlib.metadata as m;"
        "print(*(f'{d.name}={d.version}' for d in m.distributions()))"
    )
    found = dict(
        one.split("=") for one in shell(image, f'python -c "{asked}"').split() if "=" in one
    )
    assert listed == found
    assert ("torch" in listed) == image.endswith(_WITH_TORCH)


def test_image_has_no_build_secret(image: str, secrets: Secrets) -> None:
    assert secrets.mark in secrets.pip_conf.read_text()
    assert secrets.mark not in history(image)
    assert files_with(secrets.mark, image) == []
    # Proves that the search works: every layer with code has this word of the license.
    assert files_with("whisperfarm-healthcheck", image) or files_with("CycloneDX", image)
