"""Train the recogniser: a Whisper small enough for two CPU cores."""

from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch.utils.data import DataLoader
from tqdm import tqdm

from training import asr_tokenizer
from training.asr_batch import AsrBatches, Stage, TokenTable
from training.asr_model import AsrTrainee, config
from training.corpus import Corpus
from training.optimizer import muon
from training.schedule import rate_at, set_rate

CURRICULUM: tuple[Stage, ...] = (
    Stage("short windows", 350, longest_s=4.0, batch_s=130, peak_rate=4e-3, final_rate=3e-3),
    Stage("some phrases", 300, longest_s=7.5, batch_s=180, peak_rate=3e-3, final_rate=2e-3),
    Stage("long windows", 450, longest_s=9.0, batch_s=180, peak_rate=2e-3, final_rate=1e-3),
    Stage("last touch", 400, longest_s=9.0, batch_s=180, peak_rate=1e-3, final_rate=1e-5),
)
"""Windows slightly longer than those of eight seconds that the recogniser receives."""


def train(corpus: Corpus, folder: Path, *, seed: int = 1) -> AsrTrainee:
    """Run the stages of the curriculum, except those of which `folder` has a checkpoint."""
    table = token_table(asr_tokenizer.train())
    model = new_model(seed=seed)
    folder.mkdir(parents=True, exist_ok=True)
    for number, stage in enumerate(CURRICULUM):
        checkpoint = folder / f"asr-{number}.pt"
        if not checkpoint.exists():
            run_stage(model, AsrBatches(corpus, stage, table, seed=seed + number), stage)
            torch.save(model.state_dict(), checkpoint)
        model.load_state_dict(torch.load(checkpoint))
    return model


def new_model(*, seed: int) -> AsrTrainee:
    """The recogniser before its first step."""
    torch.manual_seed(seed)
    tokenizer = asr_tokenizer.train()
    table = token_table(tokenizer)
    return AsrTrainee(config(tokenizer.get_vocab_size(), end=table.end, start=table.start))


def token_table(tokenizer: Tokenizer) -> TokenTable:
    """The token numbers that training needs."""
    return TokenTable(
        words=asr_tokenizer.word_ids(tokenizer),
        start=tokenizer.token_to_id(asr_tokenizer.START),
        no_timestamps=tokenizer.token_to_id(asr_tokenizer.NO_TIMESTAMPS),
        end=tokenizer.token_to_id(asr_tokenizer.END),
    )


def run_stage(model: AsrTrainee, batches: AsrBatches, stage: Stage) -> None:
    """Train for `stage.steps` batches."""
    stream = iter(DataLoader(batches, batch_size=None, num_workers=1, prefetch_factor=4))
    optimizer = muon(model)
    model.train()
    steps = range(stage.steps)
    progress = tqdm(steps, desc=f"recogniser: {stage.name}", unit="batch", mininterval=5)
    for step in progress:
        set_rate(
            optimizer, rate_at(step, stage.steps, peak=stage.peak_rate, final=stage.final_rate)
        )
        with torch.autocast("cpu", dtype=torch.bfloat16):
            losses = model(next(stream))
        optimizer.zero_grad()
        losses.total().backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 25 == 0:
            progress.set_postfix_str(
                f"words {losses.words:.3f} frames {losses.frames:.3f} "
                f"guide {losses.guide:.3f} right {losses.accuracy:.3f}",
                refresh=False,
            )
