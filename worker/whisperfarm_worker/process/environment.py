"""The process's environment, set before any library of models is imported.

These libraries read their switches while they are imported. Nothing is downloaded while serving:
what is not on this machine is missing, and is said to be.
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

from whisperfarm_store import events

NO_TELEMETRY = {
    # Each library reads its own; the last one is a convention, for those that follow it.
    "ORT_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "PYANNOTE_METRICS_ENABLED": "0",
    "DO_NOT_TRACK": "1",
}
"""The variables that keep libraries from sending usage data to their makers."""

_OFFLINE_FLAGS = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TQDM_DISABLE": "1",
}

_DEFAULTS = {
    # Threads that wait for each other by spinning take the core from the one that they wait for:
    # where cores are shared, a call then takes a hundred times as long.
    "OMP_WAIT_POLICY": "PASSIVE",
}

_NOISY_LOGGERS = ("whisperx", "faster_whisper", "pyannote", "lightning.pytorch", "transformers")


def disable_telemetry() -> None:
    """Keep libraries from sending usage data, in this process and in its children.

    Call it before they are imported: onnxruntime opens its telemetry while it is imported.
    """
    os.environ.update(NO_TELEMETRY)


def set_offline(models_dir: Path, *, nltk_folders: tuple[Path, ...] = ()) -> None:
    """Take the network away from the libraries, and tell them where the models are.

    A cache that the operator names (`HF_HOME`, `TORCH_HOME`, `NLTK_DATA`) stays in use.
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
    if nltk is not None:  # it has read its variable already
        nltk.path += added
    # WhisperX writes its log to standard output unless somebody has given it a handler before.
    logging.getLogger("whisperx").addHandler(logging.NullHandler())
    events.worker.offline.log()


def silence_libraries() -> None:
    """Keep libraries from telling of their own affairs; after they are imported, for some begin
    to speak then."""
    for name in _NOISY_LOGGERS:
        logging.getLogger(name).setLevel(logging.ERROR)
    # Of no use to an operator: clusters of one, loops over nothing, upgrades of checkpoints.
    warnings.filterwarnings("ignore", module=r"(pyannote|lightning|numpy|torch|transformers)\b")


class _LineLogger(TextIOBase):
    """A standard output that is the log."""

    def write(self, text: str) -> int:
        if text.strip():
            # Not structlog: where nobody has set it up it prints, and would come here again.
            logging.getLogger(__name__).debug("printed: %s", text.strip())
        return len(text)


_redirecting = threading.Lock()
_redirects: list[TextIO] = []


@contextmanager
def stdout_to_log() -> Iterator[None]:
    """Inside, what libraries print becomes log lines of level `debug`.

    It holds for the whole process, until the last of those that are inside, in whatever thread, has
    left: for loading models, while nothing else prints.
    """
    with _redirecting:
        _redirects.append(sys.stdout)
        if len(_redirects) == 1:
            sys.stdout = _LineLogger()
    try:
        yield
    finally:
        with _redirecting:
            was = _redirects.pop()
            if not _redirects:
                sys.stdout = was


@contextmanager
def gc_paused() -> Iterator[None]:
    """Inside, no garbage is looked for; what was made stays out of later searches.

    Importing makes millions of objects that live as long as the process: looking through them
    again and again takes a quarter of the time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()
