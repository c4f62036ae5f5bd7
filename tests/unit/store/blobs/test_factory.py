"""Which blob store the settings select."""

from pathlib import Path

import pytest

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.blobs import open_blobs
from whisperfarm_store.settings import StoreSettings


def test_blobs_default_to_the_data_folder(settings: StoreSettings) -> None:
    open_blobs(settings).put("a", b"sound")
    assert (settings.data_dir / "blobs" / "a").read_bytes() == b"sound"


@pytest.mark.parametrize("form", ["{}", "file://{}"])
def test_blob_url_accepts_path_and_file_url(tmp_path: Path, form: str) -> None:
    place = tmp_path / "elsewhere"
    open_blobs(StoreSettings(blob_url=form.format(place))).put("a", b"sound")
    assert (place / "a").read_bytes() == b"sound"


@pytest.mark.parametrize("url", ["ftp://host/blobs", "file://host/blobs"])
def test_unsupported_scheme_is_named(url: str) -> None:
    with pytest.raises(InvalidSettings, match="WHISPERFARM_BLOB_URL"):
        open_blobs(StoreSettings(blob_url=url))


def test_folder_that_cannot_be_created_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InvalidSettings, match=r"WHISPERFARM_BLOB_URL.*file/blobs"):
        open_blobs(StoreSettings(blob_url=str(tmp_path / "file" / "blobs")))
