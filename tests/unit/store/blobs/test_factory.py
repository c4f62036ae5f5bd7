"""Which blob store the settings name."""

from pathlib import Path

import pytest

from whisperfarm_contract.problems import SettingsWrong
from whisperfarm_store.blobs import open_blobs
from whisperfarm_store.settings import StoreSettings


def test_by_default_blobs_are_in_the_data_folder(settings: StoreSettings) -> None:
    open_blobs(settings).put("a", b"sound")
    assert (settings.data_dir / "blobs" / "a").read_bytes() == b"sound"


@pytest.mark.parametrize("form", ["{}", "file://{}"])
def test_a_folder_can_be_named_as_path_or_url(tmp_path: Path, form: str) -> None:
    place = tmp_path / "elsewhere"
    open_blobs(StoreSettings(blob_url=form.format(place))).put("a", b"sound")
    assert (place / "a").read_bytes() == b"sound"


@pytest.mark.parametrize("url", ["ftp://host/blobs", "file://host/blobs"])
def test_what_is_not_supported_is_named(url: str) -> None:
    with pytest.raises(SettingsWrong, match="WHISPERFARM_BLOB_URL"):
        open_blobs(StoreSettings(blob_url=url))


def test_a_folder_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsWrong, match=r"WHISPERFARM_BLOB_URL.*file/blobs"):
        open_blobs(StoreSettings(blob_url=str(tmp_path / "file" / "blobs")))
