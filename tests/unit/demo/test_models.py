from pathlib import Path

import whisperfarm_demo

MODELS = whisperfarm_demo.models_dir() / "demo"
LIMIT_BYTES = 12_000_000


def test_every_model_is_shipped():
    for name in (
        "asr/model.bin",
        "asr/tokenizer.json",
        "align-en/model.safetensors",
        "diarize/config.yaml",
        "diarize/segmentation/pytorch_model.bin",
        "diarize/embedding/pytorch_model.bin",
        "nltk/tokenizers/punkt_tab/english/abbrev_types.txt",
    ):
        assert (MODELS / name).is_file(), name


def test_models_stay_small_in_total():
    files = [path for path in Path(MODELS).rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < LIMIT_BYTES
