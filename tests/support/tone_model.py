"""A speech model in the format of Parakeet's ONNX files that takes tones for words.

The encoder averages the mel bands over 80 ms, and the joint network compares the bands of the four
tones. What it finds is exact, so that a test can compare words and times.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper, save_model

from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples

TONES_HZ = {"one": 500.0, "two": 1000.0, "three": 2000.0, "four": 4000.0}
NAME = "nemo-parakeet-tdt-0.6b-v3-int8"
"""The name of the true model, under which the tests load this one."""

_BANDS = 128
_DURATIONS = [0.0, 9.0, 0.0, 0.0, 0.0]
"""Scores of the durations 0 to 4: each token takes one frame."""

_BLANK_SCORE = 2.0
"""How many deviations above the mean a tone's band is."""

_NEVER = -99.0
"""A word is not repeated until a blank follows: it lasts many frames."""


def write_tone_model(folder: Path) -> dict[str, bytes]:
    """Write the model's files to a folder. Returns them by name."""
    folder.mkdir(parents=True, exist_ok=True)
    words = [f"▁{word} {number}" for number, word in enumerate(TONES_HZ)]
    (folder / "vocab.txt").write_text("\n".join([*words, f"<blk> {len(words)}"]) + "\n")
    architecture = {"model_type": "nemo-conformer-tdt", "features_size": _BANDS}
    (folder / "config.json").write_text(json.dumps({**architecture, "subsampling_factor": 8}))
    for name, graph in (("encoder-model", _encoder()), ("decoder_joint-model", _joint())):
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        save_model(model, folder / f"{name}.int8.onnx")
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def inventory_of(
    files: dict[str, bytes], *, name: str = NAME, languages: Sequence[str] = ("en",)
) -> str:
    """Return an inventory that describes the files under the name of a true model."""
    rows = [
        f'["{path}", {len(data)}, "{hashlib.sha256(data).hexdigest()}"]'
        for path, data in files.items()
    ]
    return "\n".join(
        [
            f'[speech."{name}"]',
            'repository = "istupakov/parakeet-tdt-0.6b-v3-onnx"',
            'licence = "CC-BY-4.0"',
            'family = "onnx-asr"',
            'architecture = "nemo-conformer-tdt"',
            'quantization = "int8"',
            f"languages = {list(languages)}",
            "translates = false",
            f"files = [{', '.join(rows)}]",
        ]
    )


def say(words: Sequence[tuple[str, float]], seconds: float) -> Samples:
    """Return audio in which each word, a tone of 0.4 s, starts at its time in seconds."""
    samples = np.random.default_rng(0).standard_normal(int(seconds * SAMPLE_RATE_HZ)) * 1e-3
    for word, start in words:
        first = int(start * SAMPLE_RATE_HZ)
        numbers = np.arange(first, first + int(0.4 * SAMPLE_RATE_HZ))
        envelope = np.hanning(len(numbers)) ** 0.25
        tone = np.sin(2 * np.pi * TONES_HZ[word] * numbers / SAMPLE_RATE_HZ)
        samples[numbers] += 0.3 * envelope * tone
    return samples.astype(np.float32)


def _encoder() -> object:
    pooled = helper.make_node(
        "AveragePool", ["audio_signal"], ["outputs"],
        kernel_shape=[8], strides=[8], ceil_mode=1,
    )  # fmt: skip
    length = [
        helper.make_node("Sub", ["length", "1"], ["before"]),
        helper.make_node("Div", ["before", "8"], ["whole"]),
        helper.make_node("Add", ["whole", "1"], ["encoded_lengths"]),
    ]
    return helper.make_graph(
        [pooled, *length],
        "encoder",
        [_floats("audio_signal", "b", _BANDS, "t"), _whole("length", TensorProto.INT64, "b")],
        [_floats("outputs", "b", _BANDS, "u"), _whole("encoded_lengths", TensorProto.INT64, "b")],
        [_constant("1", np.int64(1)), _constant("8", np.int64(8))],
    )


def _joint() -> object:
    """Score each word by its tone, and the blank; the word that was said last is not repeated."""
    make, blank = helper.make_node, len(TONES_HZ)
    said = [
        make("Cast", ["targets"], ["last"], to=TensorProto.INT64),
        make("OneHot", ["last", "blank", "penalty"], ["words"]),
        make("Pad", ["words", "pads"], ["repeated"]),
        make("Unsqueeze", ["repeated", "1"], ["repeated4"]),
    ]
    scored = [
        make("Transpose", ["encoder_outputs"], ["frames"], perm=[0, 2, 1]),
        make("MatMul", ["frames", "bands"], ["tones"]),
        make("Add", ["tones", "bias"], ["scores"]),
        make("Unsqueeze", ["scores", "2"], ["scores4"]),
        make("Add", ["scores4", "repeated4"], ["tokens"]),
    ]
    timed = [
        make("Shape", ["tokens"], ["shape"]),
        make("Slice", ["shape", "0", "3"], ["shape3"]),
        make("Concat", ["shape3", "5"], ["shape4"], axis=0),
        make("Expand", ["durations", "shape4"], ["durations4"]),
        make("Concat", ["tokens", "durations4"], ["outputs"], axis=3),
    ]
    states = [
        make("Identity", ["input_states_1"], ["output_states_1"]),
        make("Identity", ["input_states_2"], ["output_states_2"]),
    ]
    numbers = [_constant(str(number), np.array([number])) for number in (0, 1, 2, 3, 5)]
    return helper.make_graph(
        [*said, *scored, *timed, *states],
        "decoder_joint",
        [
            _floats("encoder_outputs", "b", _BANDS, "t"),
            _whole("targets", TensorProto.INT32, "b", "u"),
            _whole("target_length", TensorProto.INT32, "b"),
            _floats("input_states_1", 1, "b", 1),
            _floats("input_states_2", 1, "b", 1),
        ],
        [
            _floats("outputs", "b", "t", "u", blank + 1 + len(_DURATIONS)),
            _floats("output_states_1", 1, "b", 1),
            _floats("output_states_2", 1, "b", 1),
        ],
        [
            *numbers,
            _constant("bands", _band_weights()),
            _constant("bias", np.array([0] * blank + [_BLANK_SCORE], np.float32)),
            _constant("blank", np.int64(blank)),
            _constant("penalty", np.array([0, _NEVER], np.float32)),
            _constant("pads", np.array([0, 0, 0, 0, 0, 1])),
            _constant("durations", np.array(_DURATIONS, np.float32).reshape(1, 1, 1, -1)),
        ],
    )


def _band_weights() -> NDArray[np.float32]:
    """Return weights that average the three mel bands around each tone."""
    weights = np.zeros((_BANDS, len(TONES_HZ) + 1), np.float32)
    for number, hz in enumerate(TONES_HZ.values()):
        band = round(_mel(hz) / _mel(8000) * (_BANDS + 1) - 1)
        weights[band - 1 : band + 2, number] = 1 / 3
    return weights


def _mel(hz: float) -> float:
    """Return a frequency on Slaney's mel scale: linear below 1 kHz, logarithmic above."""
    linear = 3 * hz / 200
    return linear if hz < 1000 else 15 + 27 * float(np.log(hz / 1000) / np.log(6.4))


def _constant(name: str, value: object) -> object:
    return numpy_helper.from_array(np.asarray(value), name)


def _floats(name: str, *shape: str | int) -> object:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def _whole(name: str, kind: int, *shape: str | int) -> object:
    return helper.make_tensor_value_info(name, kind, shape)
