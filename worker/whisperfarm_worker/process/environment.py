"""Environment of the process, set before the model libraries are imported.

These libraries read their environment variables during import. The worker downloads nothing while
it serves: a model that is not on this machine is reported as missing.
"""

import gc
import logging
import os
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOBase
from pathlib import Path
from typing import Any, TextIO

NO_TELEMETRY = {
    # The last one is a convention that several libraries follow.
    "ORT_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "PYANNOTE_METRICS_ENABLED": "0",
    "DO_NOT_TRACK": "1",
}
"""Variables that keep libraries from sending usage data."""

_OFFLINE_FLAGS = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TQDM_DISABLE": "1",
}

_DEFAULTS = {
    # Threads that spin while they wait take the core from the thread that they wait for: on shared
    # cores, a call can take a hundred times as long.
    "OMP_WAIT_POLICY": "PASSIVE",
}

_NOISY_LOGGERS = ("whisperx", "faster_whisper", "pyannote", "lightning.pytorch", "transformers")


def disable_telemetry() -> None:
    """Keep libraries from sending usage data, in this process and in its children.

    Call it before they are imported: onnxruntime starts its telemetry during import.
    """
    os.environ.update(NO_TELEMETRY)


def set_offline(models_dir: Path, *, nltk_folders: tuple[Path, ...] = ()) -> None:
    """Set the libraries to offline mode, with their models in `models_dir`.

    Caches that the operator has set (`HF_HOME`, `TORCH_HOME`, `NLTK_DATA`) stay in use.
    """
    disable_telemetry()
    os.environ.update(_OFFLINE_FLAGS)
    for name, value in _DEFAULTS.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("HF_HOME", str(models_dir))
    os.environ.setdefault("TORCH_HOME", str(models_dir / "torch"))
    known = os.environ.get("NLTK_DATA", "").split(os.pathsep)
    added = [str(folder) for folder in nltk_folders if str(folder) not in known]
    os.environ["NLTK_DATA"] = os.pathsep.join([*filter(None, known), *added])
    nltk: Any = sys.modules.get("nltk.data")
    if nltk is not None:  # already imported: it has read the variable
        nltk.path += added
    # Without a handler, WhisperX logs to standard output.
    logging.getLogger("whisperx").addHandler(logging.NullHandler())
    from whisperfarm_store import events  # all commands import this module; most log nothing

    events.worker.offline.log()


def silence_libraries() -> None:
    """Silence logs and warnings of libraries. Call it after their import, which enables some."""
    for name in _NOISY_LOGGERS:
        logging.getLogger(name).setLevel(logging.ERROR)
    # Not useful to operators: one-element clusters, empty loops, upgrades of model checkpoints.
    warnings.filterwarnings("ignore", module=r"(pyannote|lightning|numpy|torch|transformers)\b")


class _LineLogger(TextIOBase):
    """Standard output that writes to the log."""

    def write(self, text: str) -> int:
        if text.strip():
            # Not structlog: unless it is configured, it prints, which would recurse.
            logging.getLogger(__name__).debug("printed: %s", text.strip())
        return len(text)


_redirecting = threading.Lock()
_redirects: list[TextIO] = []


@contextmanager
def stdout_to_log() -> Iterator[None]:
    """Log what libraries print inside the block, at level `debug`.

    It affects the whole process until the last thread has left its block. Use it while models are
    loaded and nothing else prints.
    """
    with _redirecting:
        _redirects.append(sys.stdout)
        if len(_redirects) == 1:
            sys.stdout = _LineLogger()
    try:
        yield
    finally:
        with _redirecting:
            previous = _redirects.pop()
            if not _redirects:
                sys.stdout = previous


@contextmanager
def gc_paused() -> Iterator[None]:
    """Disable garbage collection inside the block, and exclude its objects from later collections.

    Imports create millions of objects that live as long as the process. Scanning them repeatedly
    takes a quarter of the import time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()
