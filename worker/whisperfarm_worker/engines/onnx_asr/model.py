"""A speech model of onnx-asr: decodes one window at a time."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx_asr
import onnxruntime

from whisperfarm_models.inventory import Model
from whisperfarm_worker.engines.onnx_asr.padding import pad
from whisperfarm_worker.engines.onnx_asr.words import join_tokens, time_words
from whisperfarm_worker.engines.port import DecodedText, Decoding
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples

MAX_WINDOW_SAMPLES = 30 * SAMPLE_RATE_HZ

_ENCODER_DECODER = "nemo-conformer-aed"
"""The architecture of Canary, which decodes in a language that it is given."""

_PROVIDERS = ["CPUExecutionProvider"]


class OnnxAsr:
    """A model on the CPU. Its methods may be called from several threads.

    The sessions have `threads` threads, which all calls share.
    """

    def __init__(self, model: Model, folder: Path, *, threads: int) -> None:
        self.takes_language = model.architecture == _ENCODER_DECODER
        self._library: Any = onnx_asr.load_model(
            model.architecture,
            folder,
            quantization=model.quantization or None,
            sess_options=_session_options(threads),
            providers=_PROVIDERS,
            # Seven sessions that are never used, because the farm resamples by itself.
            resampler_config={"sess_options": _session_options(1), "providers": _PROVIDERS},
        ).with_timestamps()

    def decode(self, samples: Samples, decoding: Decoding) -> DecodedText:
        """Return the text of a window, with word times if the architecture has them."""
        if not len(samples):
            return DecodedText("", 0.0)
        window = samples[:MAX_WINDOW_SAMPLES]
        padded, before = pad(window)
        found = self._library.recognize(
            padded, sample_rate=SAMPLE_RATE_HZ, **self._languages(decoding)
        )
        return _decoded_text(
            found, offset_s=before / SAMPLE_RATE_HZ, seconds=len(window) / SAMPLE_RATE_HZ
        )

    def _languages(self, decoding: Decoding) -> dict[str, str]:
        if not self.takes_language:
            return {}
        target = "en" if decoding.task == "translate" else decoding.language
        return {"language": decoding.language, "target_language": target}


def _decoded_text(found: Any, *, offset_s: float, seconds: float) -> DecodedText:
    tokens, logprobs = found.tokens or [], found.logprobs or []
    words = None
    if found.timestamps is not None:
        words = time_words(tokens, found.timestamps, logprobs, offset_s=offset_s, seconds=seconds)
    avg_logprob = float(np.mean(logprobs)) if logprobs else 0.0
    return DecodedText(join_tokens(tokens), avg_logprob, words=words)


def _session_options(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that spin while they wait take the cores from the other models of the worker.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options
