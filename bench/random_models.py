"""Models with random weights, of the size of those of the Whisper model `small` and its stages.

They load like the real ones and take the same time, so a start can be measured without a network.
"""

import json
import tempfile
from itertools import islice, product
from pathlib import Path
from typing import Any

PRESET = """\
[small-sized]
asr = "random/small"
aligner = "random/base-960h"
diarize = true
diarizer = "random/diarizer"
languages = ["en"]
"""
"""For `WHISPERFARM_PRESETS_FILE`: whisper small, a wav2vec2 base, wespeaker's ResNet34."""

_TEXT_TOKENS, _LANGUAGES = 50_257, 99
_TASKS = ("translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps")


def make(models: Path, demo: Path) -> None:
    """Write the preset's models; sentence splitter and segmentation are those of the demo.

    They take about 900 MB: the speech model 484 MB in float16, the aligner 378 MB in float32.
    """
    speech_recognizer(models / "random/small")
    aligner(models / "random/base-960h")
    diarizer(models / "random/diarizer")
    (models / "nltk").symlink_to(demo / "nltk")


def speech_recognizer(folder: Path) -> None:
    """Write a Whisper small in CTranslate2's format like the hub's: float16, with tokenizer."""
    from ctranslate2.converters import TransformersConverter
    from transformers import (
        PreTrainedTokenizerFast,
        WhisperConfig,
        WhisperFeatureExtractor,
        WhisperForConditionalGeneration,
    )

    whisper = WhisperForConditionalGeneration(
        WhisperConfig(
            d_model=768, encoder_layers=12, encoder_attention_heads=12, encoder_ffn_dim=3072,
            decoder_layers=12, decoder_attention_heads=12, decoder_ffn_dim=3072,
        )
    )  # fmt: skip
    own = _tokenizer()
    with tempfile.TemporaryDirectory() as scratch:
        whisper.save_pretrained(scratch)
        WhisperFeatureExtractor(feature_size=80).save_pretrained(scratch)
        end = "<|endoftext|>"
        PreTrainedTokenizerFast(tokenizer_object=own, eos_token=end).save_pretrained(scratch)
        own.save(f"{scratch}/tokenizer.json")
        carried = ["tokenizer.json", "preprocessor_config.json"]
        converter = TransformersConverter(scratch, copy_files=carried)
        converter.convert(str(folder), quantization="float16", force=True)


def _tokenizer() -> Any:
    """Write a tokenizer with as many tokens and merges as Whisper's multilingual one."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = list(islice(product(letters, letters), _TEXT_TOKENS - len(letters)))
    words = [*letters, *("".join(pair) for pair in merges)]
    vocabulary = {word: number for number, word in enumerate(words)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    names = ["endoftext", "startoftranscript", *(f"l{one}" for one in range(_LANGUAGES)), *_TASKS]
    times = [f"{0.02 * step:.2f}" for step in range(1501)]
    tokenizer.add_special_tokens([f"<|{name}|>" for name in (*names, *times)])
    return tokenizer


def aligner(folder: Path) -> None:
    """Write a wav2vec2 base with a CTC head in float32, like the English one of its authors."""
    from transformers import (
        Wav2Vec2Config,
        Wav2Vec2CTCTokenizer,
        Wav2Vec2FeatureExtractor,
        Wav2Vec2ForCTC,
        Wav2Vec2Processor,
    )

    symbols = ("<pad>", "<s>", "</s>", "<unk>", "|", *"abcdefghijklmnopqrstuvwxyz'")
    Wav2Vec2ForCTC(Wav2Vec2Config(vocab_size=len(symbols))).save_pretrained(folder)
    vocabulary = folder / "vocab.json"
    vocabulary.write_text(json.dumps({symbol: number for number, symbol in enumerate(symbols)}))
    Wav2Vec2Processor(
        Wav2Vec2FeatureExtractor(), Wav2Vec2CTCTokenizer(str(vocabulary))
    ).save_pretrained(folder)


def diarizer(folder: Path) -> None:
    """Write a pipeline with wespeaker's ResNet34 as embedding and the demo's segmentation."""
    from pyannote.audio.core.task import Problem, Resolution, Specifications
    from pyannote.audio.models.embedding import WeSpeakerResNet34

    from training.diarizer import save

    embedding = WeSpeakerResNet34()
    embedding.specifications = Specifications(
        problem=Problem.REPRESENTATION, resolution=Resolution.CHUNK, duration=5.0
    )
    save(embedding, folder)
