"""The tokenizer of the demo Whisper: each word of the vocabulary is one token."""

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from training.vocabulary import WORDS

END, START, NO_TIMESTAMPS = "<|endoftext|>", "<|startoftranscript|>", "<|notimestamps|>"

# In Whisper's order: text, end, start, tasks, then timestamps from 0 to 30 s by 20 ms.
_SPECIAL = (END, START, "<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>",
            "<|nospeech|>", NO_TIMESTAMPS)  # fmt: skip
_TIMESTAMPS = tuple(f"<|{0.02 * step:.2f}|>" for step in range(1501))


def train() -> Tokenizer:
    """A byte-level BPE whose merges end in the words, each with its leading space."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=2_000,
        min_frequency=1,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([f" {word}" for word in WORDS], trainer)
    tokenizer.add_special_tokens([*_SPECIAL, *_TIMESTAMPS])
    return tokenizer


def word_ids(tokenizer: Tokenizer) -> dict[str, int]:
    """The token of every word."""
    return {word: _single(tokenizer.encode(f" {word}").ids) for word in WORDS}


def fast(tokenizer: Tokenizer) -> PreTrainedTokenizerFast:
    """The same tokenizer as `transformers` and the CTranslate2 converter want it."""
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token=END, eos_token=END, unk_token=END, pad_token=END
    )


def _single(ids: list[int]) -> int:
    (token,) = ids
    return token
