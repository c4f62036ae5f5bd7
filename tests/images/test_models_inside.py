"""Images that are built with models inside."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.images.builder import Secrets, build
from tests.images.container import inspected, podman, ran
from tests.images.layers import depth, files_with, history
from tests.servers.model_hub import HubStub, serving
from tests.support.environment import environment
from tests.support.small_model import NAME, TRUTH

_PRESETS = f'[calls]\nasr = "{NAME}"\nalign = false\n'
_PLAIN = "localhost/whisperfarm-test-plain"
_FULL = "localhost/whisperfarm-test-models"


@pytest.fixture(scope="module")
def hub(secrets: Secrets) -> Iterator[HubStub]:
    """Run a hub that rejects requests without the token."""
    hub = HubStub({NAME: dict(TRUTH)})
    hub.token = f"hf_{secrets.mark}"
    with serving(hub) as running:
        yield running


@pytest.fixture(scope="module", params=["hub", "carried"])
def with_models(
    request: pytest.FixtureRequest,
    worker_image: str,
    hub: HubStub,
    secrets: Secrets,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """Build an image with models from a hub, or from a folder."""
    folder = tmp_path_factory.mktemp("models")
    (folder / "token").write_text(f"hf_{secrets.mark}")
    (folder / "presets.toml").write_text(_PRESETS)
    source = {"MODELS_HUB_URL": hub.url, "HF_TOKEN_FILE": str(folder / "token")}
    if request.param == "carried":
        source = {"CARRIED": str(_carried(folder, hub)), "MODELS_HUB_URL": "http://127.0.0.1:9"}
    podman("tag", worker_image, _PLAIN)
    tag = build(
        "cpu", secrets, DOWNLOAD_MODELS="calls", PRESETS=str(folder / "presets.toml"), **source
    )
    podman("tag", tag, _FULL)
    podman("tag", _PLAIN, worker_image)
    yield _FULL
    podman("rmi", "-f", _FULL, _PLAIN)


def _carried(folder: Path, hub: HubStub) -> Path:
    """Return a models folder as `whisperfarm models pull` leaves it."""
    models = folder / "carried"
    settings = {
        "WHISPERFARM_PRESETS_FILE": str(folder / "presets.toml"),
        "WHISPERFARM_PRESETS": "calls",
        "WHISPERFARM_MODELS_DIR": str(models),
        "WHISPERFARM_MODELS_HUB_URL": hub.url,
        "HF_TOKEN": str(hub.token),
    }
    command = [sys.executable, "-m", "whisperfarm", "models", "pull"]
    subprocess.run(command, env=environment(**settings), check=True, capture_output=True)
    return models


def test_models_verify_without_a_network(with_models: str, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)  # the container's user is `nobody`
    (tmp_path / "presets.toml").write_text(_PRESETS)
    options = ("-v", f"{tmp_path}:/presets:ro", "-e", "WHISPERFARM_PRESETS=calls")
    options += ("-e", "WHISPERFARM_PRESETS_FILE=/presets/presets.toml")
    ended = ran(with_models, "models", "verify", options=options)
    assert ended.returncode == 0, ended.stderr
    assert NAME in ended.stdout


def test_label_names_the_models(with_models: str) -> None:
    assert inspected(with_models)["Config"]["Labels"]["whisperfarm.models"] == "calls"


def test_image_has_neither_the_token_nor_the_hub(
    with_models: str, hub: HubStub, secrets: Secrets
) -> None:
    assert hub.asked
    assert secrets.mark not in history(with_models)
    assert hub.url not in history(with_models)
    assert files_with(secrets.mark, with_models) == []


def test_models_are_a_layer_below_the_code(with_models: str) -> None:
    code = "opt/venv/lib/python3*/site-packages/whisperfarm_worker"
    assert depth(code, with_models) < depth("models/model_inventory.json", with_models)
