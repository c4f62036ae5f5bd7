"""Models with random weights, of the size of those of a Whisper model and its stages.

They load like the real ones and take the same time, so they can be measured without a network.
"""

import json
import tempfile
from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path
from typing import Any

from faster_whisper.tokenizer import _LANGUAGE_CODES


@dataclass(frozen=True, slots=True, kw_only=True)
class WhisperSize:
    """The dimensions of a Whisper model. The languages are the first ones of all."""

    width: int
    heads: int
    encoder_layers: int
    decoder_layers: int
    mel_bands: int = 80
    languages: int = 99


SMALL = WhisperSize(width=768, heads=12, encoder_layers=12, decoder_layers=12)

PRESET = """\
[small-sized]
asr = "random/small"
aligner = "random/base-960h"
diarize = true
diarizer = "random/diarizer"
languages = ["en"]
"""
"""For `WHISPERFARM_PRESETS_FILE`: whisper small, a wav2vec2 base, wespeaker's ResNet34."""

_TEXT_TOKENS = 50_257
_TASKS = ("translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps")
_TIMES = 1501
_SPECIAL_TOKENS = 2 + len(_TASKS) + _TIMES


def make(models: Path, demo: Path) -> None:
    """Write the preset's models; sentence splitter and segmentation are those of the demo.

    They take about 900 MB: the speech model 484 MB in float16, the aligner 378 MB in float32.
    """
    speech_recognizer(models / "random/small")
    aligner(models / "random/base-960h")
    diarizer(models / "random/diarizer")
    (models / "nltk").symlink_to(demo / "nltk")


def speech_recognizer(folder: Path, size: WhisperSize = SMALL) -> None:
    """Write a Whisper in CTranslate2's format like the hub's: float16, with tokenizer."""
    from ctranslate2.converters import TransformersConverter
    from transformers import (
        PreTrainedTokenizerFast,
        WhisperConfig,
        WhisperFeatureExtractor,
        WhisperForConditionalGeneration,
    )

    whisper = WhisperForConditionalGeneration(
        WhisperConfig(
            d_model=size.width, num_mel_bins=size.mel_bands,
            encoder_layers=size.encoder_layers, decoder_layers=size.decoder_layers,
            encoder_attention_heads=size.heads, decoder_attention_heads=size.heads,
            encoder_ffn_dim=4 * size.width, decoder_ffn_dim=4 * size.width,
            vocab_size=_TEXT_TOKENS + size.languages + _SPECIAL_TOKENS,
        )
    )  # fmt: skip
    own = _tokenizer(size.languages)
    with tempfile.TemporaryDirectory() as scratch:
        whisper.save_pretrained(scratch)
        WhisperFeatureExtractor(feature_size=size.mel_bands).save_pretrained(scratch)
        end = "<|endoftext|>"
        PreTrainedTokenizerFast(tokenizer_object=own, eos_token=end).save_pretrained(scratch)
        own.save(f"{scratch}/tokenizer.json")
        carried = ["tokenizer.json", "preprocessor_config.json"]
        converter = TransformersConverter(scratch, copy_files=carried)
        converter.convert(str(folder), quantization="float16", force=True)


def _tokenizer(languages: int) -> Any:
    """Return a tokenizer with as many tokens and merges as Whisper's multilingual one."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = list(islice(product(letters, letters), _TEXT_TOKENS - len(letters)))
    words = [*letters, *("".join(pair) for pair in merges)]
    vocabulary = {word: number for number, word in enumerate(words)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    names = ["endoftext", "startoftranscript", *_LANGUAGE_CODES[:languages], *_TASKS]
    times = [f"{0.02 * step:.2f}" for step in range(_TIMES)]
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
