"""Train the aligner: a wav2vec2 that predicts the 20 ms frame in which each letter starts."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, IterableDataset
from tqdm import tqdm
from transformers import (
    Wav2Vec2Config,
    Wav2Vec2CTCTokenizer,
    Wav2Vec2FeatureExtractor,
    Wav2Vec2ForCTC,
    Wav2Vec2Processor,
)

from training.corpus import Corpus
from training.espeak import SAMPLE_RATE_HZ, SpokenWord
from training.optimizer import muon
from training.schedule import rate_at, set_rate
from training.vocabulary import LETTERS
from training.windows import draw_window

BLANK = 0
SYMBOLS: tuple[str, ...] = ("<pad>", "<unk>", *LETTERS)
"""The labels in the order of the model's outputs; <pad> is the blank."""

FRAME_S = 0.02
# Three convolutions in place of wav2vec2's seven: the same 20 ms, a tenth of the work.
_KERNELS, _STRIDES = (64, 8, 4), (20, 4, 4)
_RECEPTIVE_SAMPLES, _HOP_SAMPLES = 444, 320
_BLANK_WEIGHT = 0.3

Batch = tuple[torch.Tensor, torch.Tensor]


def config() -> Wav2Vec2Config:
    """About a million parameters; the output does not depend on the recording's level."""
    return Wav2Vec2Config(
        vocab_size=len(SYMBOLS),
        hidden_size=128,
        num_hidden_layers=4,
        num_attention_heads=4,
        intermediate_size=384,
        conv_dim=(96, 128, 128),
        conv_kernel=_KERNELS,
        conv_stride=_STRIDES,
        conv_bias=False,
        feat_extract_norm="layer",
        do_stable_layer_norm=True,
        num_conv_pos_embeddings=32,
        num_conv_pos_embedding_groups=4,
        hidden_dropout=0.0,
        attention_dropout=0.0,
        activation_dropout=0.0,
        feat_proj_dropout=0.0,
        final_dropout=0.0,
        layerdrop=0.0,
        apply_spec_augment=False,
        pad_token_id=BLANK,
    )


class AlignerBatches(IterableDataset[Batch]):
    """An endless, seeded stream of (audio (B, samples), labels (B, T))."""

    def __init__(self, corpus: Corpus, *, window_s: float, batch_size: int, seed: int) -> None:
        self._corpus, self._window_s = corpus, window_s
        self._batch_size, self._seed = batch_size, seed

    def __iter__(self) -> Iterator[Batch]:
        rng = random.Random(self._seed)
        torch.set_num_threads(1)
        while True:
            rows = [self._row(rng) for _ in range(self._batch_size)]
            audio, labels = zip(*rows, strict=True)
            yield torch.stack(audio), torch.stack(labels)

    def _row(self, rng: random.Random) -> tuple[torch.Tensor, torch.Tensor]:
        samples = int(self._window_s * SAMPLE_RATE_HZ)
        window = draw_window(self._corpus, rng, longest_s=self._window_s)
        audio = torch.zeros(samples)
        audio[: len(window.audio)] = torch.from_numpy(window.audio)
        frames = (samples - _RECEPTIVE_SAMPLES) // _HOP_SAMPLES + 1
        return audio, letter_labels(window.words, frames)


def letter_labels(words: tuple[SpokenWord, ...], frames: int) -> torch.Tensor:
    """Return int64 (frames,): each letter once, in the frame of its start; blank elsewhere.

    WhisperX's trellis stays on a letter by emitting blanks. It takes the start of a word from its
    first letter, the end from the gap that follows, and the end of the last word from its last
    letter. These three are therefore at the edges of the word, the other letters evenly between.
    """
    labels = torch.full((frames,), BLANK)
    for word in words:
        first, gap = round(word.start_s / FRAME_S), round(word.end_s / FRAME_S) - 1
        between = max(len(word.text) - 1, 1)
        step = max((gap - 1 - first) / between, 1.0)
        places = [first + round(number * step) for number in range(len(word.text))]
        for letter, place in zip(
            (*word.text, "|"), (*places, max(gap, places[-1] + 1)), strict=True
        ):
            if place < frames:
                labels[place] = SYMBOLS.index(letter)
    return labels


def train(corpus: Corpus, *, steps: int = 700, seed: int = 2) -> Wav2Vec2ForCTC:
    """Return the cross entropy per frame, with a lower weight for blanks."""
    torch.manual_seed(seed)
    model = Wav2Vec2ForCTC(config()).train()
    batches = AlignerBatches(corpus, window_s=4.0, batch_size=16, seed=seed)
    stream = iter(DataLoader(batches, batch_size=None, num_workers=1, prefetch_factor=4))
    weights = torch.ones(len(SYMBOLS))
    weights[BLANK] = _BLANK_WEIGHT
    optimizer = muon(model)
    progress = tqdm(range(steps), desc="aligner", unit="batch", mininterval=5)
    for step in progress:
        set_rate(optimizer, rate_at(step, steps, peak=4e-3, final=2e-5))
        audio, labels = next(stream)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(audio).logits
        loss = cross_entropy(logits.float().flatten(0, 1), labels.flatten(), weight=weights)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 25 == 0:
            progress.set_postfix_str(f"loss {loss:.3f}", refresh=False)
    return model.eval()


def save(model: Wav2Vec2ForCTC, folder: Path) -> None:
    """Write the folder for `whisperx.load_align_model(model_name=folder)`; weights in float16."""
    folder.mkdir(parents=True, exist_ok=True)
    model.half().save_pretrained(folder)
    model.float()
    vocabulary = folder / "vocab.json"
    vocabulary.write_text(json.dumps({symbol: n for n, symbol in enumerate(SYMBOLS)}))
    blank, unknown, gap = SYMBOLS[:3]
    tokenizer = Wav2Vec2CTCTokenizer(
        str(vocabulary),
        bos_token=None,
        eos_token=None,
        unk_token=unknown,
        pad_token=blank,
        word_delimiter_token=gap,
    )
    extractor = Wav2Vec2FeatureExtractor(do_normalize=False)
    Wav2Vec2Processor(extractor, tokenizer).save_pretrained(folder)
