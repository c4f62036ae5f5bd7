"""Traces are off unless a setting names a collector."""

import subprocess
import sys
from pathlib import Path

import pytest

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.settings import StoreSettings
from whisperfarm_store.traces import open_traces

OFF = """
import sys
from whisperfarm_store.settings import StoreSettings
from whisperfarm_store.traces import open_traces
traces = open_traces(StoreSettings(), "worker")
traces.close()
print(traces.processors, [name for name in sys.modules if "opentelemetry" in name])
"""


def test_disabled_traces_import_no_library(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-c", OFF],
        env={"WHISPERFARM_DATA_DIR": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "() []\n"


def test_missing_library_names_the_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "whisperfarm_store.traces.exporter", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    settings = StoreSettings(traces_url="http://collector:4318/v1/traces")
    with pytest.raises(InvalidSettings, match=r"TRACES_URL: .*pip install 'whisperfarm\[traces\]'"):
        open_traces(settings, "worker")


@pytest.mark.parametrize(
    "url",
    [
        "collector:4318",
        "grpc://collector:4317/v1/traces",
        "http://collector:4318",
        "http://collector:4318/",
        "http:///v1/traces",
        "http://collector:99999/v1/traces",
        "https://farm:hush@collector/v1/traces",
    ],
)
def test_invalid_traces_url_is_named_without_its_value(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHISPERFARM_TRACES_URL", url)
    with pytest.raises(InvalidSettings, match="WHISPERFARM_TRACES_URL") as wrong:
        StoreSettings()
    assert "hush" not in str(wrong.value)
