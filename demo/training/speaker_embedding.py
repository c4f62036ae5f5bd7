"""Train the speaker embedding: near for phrases of one speaker, distant for those of two."""

import random
from collections.abc import Iterator

import numpy as np
import torch
from pyannote.audio.core.task import Problem, Resolution, Specifications
from torch.nn.functional import cross_entropy, normalize
from torch.utils.data import DataLoader, IterableDataset
from tqdm import tqdm

from training.augment import Audio, augmented
from training.dialogues import Cast
from training.espeak import SAMPLE_RATE_HZ
from training.schedule import rate_at, set_rate
from training.windows import FULL_SCALE
from whisperfarm_demo.speaker_embedding import SpeakerEmbedding

_SPEAKERS_A_BATCH, _LINES_A_SPEAKER = 24, 3
_CROP_S = 2.0
_SHARPNESS = 12.0
"""Scale of cosine similarities in the loss."""


class SpeakerBatches(IterableDataset[torch.Tensor]):
    """An endless, seeded stream of audio (speakers, lines, samples)."""

    def __init__(self, cast: Cast, *, seed: int) -> None:
        self._cast, self._seed = cast, seed

    def __iter__(self) -> Iterator[torch.Tensor]:
        rng = random.Random(self._seed)
        torch.set_num_threads(1)
        while True:
            who = rng.sample(range(len(self._cast.speakers)), _SPEAKERS_A_BATCH)
            yield torch.stack([self._lines(speaker, rng) for speaker in who])

    def _lines(self, speaker: int, rng: random.Random) -> torch.Tensor:
        crops = [_crop(self._cast, speaker, rng) for _ in range(_LINES_A_SPEAKER)]
        return torch.from_numpy(np.stack(crops))


def new_model() -> SpeakerEmbedding:
    """The embedding before its first step."""
    model = SpeakerEmbedding()
    model.specifications = Specifications(
        problem=Problem.REPRESENTATION, resolution=Resolution.CHUNK, duration=_CROP_S
    )
    return model


def train(cast: Cast, *, steps: int = 900, seed: int = 3) -> SpeakerEmbedding:
    """Train to identify the speaker of each line by the mean of that speaker's other lines."""
    torch.manual_seed(seed)
    model = new_model().train()
    stream = iter(DataLoader(SpeakerBatches(cast, seed=seed), batch_size=None, num_workers=1))
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=0.01)
    progress = tqdm(range(steps), desc="speaker embedding", unit="batch", mininterval=5)
    for step in progress:
        set_rate(optimizer, rate_at(step, steps, peak=2e-3, final=2e-5))
        audio = next(stream)
        speakers, lines, samples = audio.shape
        embedded = model(audio.view(-1, 1, samples)).view(speakers, lines, -1)
        loss, accuracy = speaker_loss(embedded)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 25 == 0:
            progress.set_postfix_str(f"loss {loss:.3f} right {accuracy:.3f}", refresh=False)
    return model.eval()


def speaker_loss(embedded: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Generalised end-to-end loss (Wan et al. 2018) of (speakers, lines, D), and its accuracy."""
    speakers, lines, _ = embedded.shape
    unit = normalize(embedded, dim=-1)
    total = unit.sum(1)
    means = normalize(total, dim=-1)
    similarity = torch.einsum("sld,md->slm", unit, means)
    own = normalize(total.unsqueeze(1) - unit, dim=-1)
    same = torch.eye(speakers, dtype=torch.bool).unsqueeze(1)
    similarity = torch.where(same, (unit * own).sum(-1, keepdim=True), similarity)
    answers = torch.arange(speakers).unsqueeze(1).expand(speakers, lines)
    logits = _SHARPNESS * similarity
    accuracy = (logits.argmax(-1) == answers).float().mean()
    return cross_entropy(logits.flatten(0, 1), answers.flatten()), accuracy


def _crop(cast: Cast, speaker: int, rng: random.Random) -> Audio:
    """About two seconds of one line, silence where it is shorter."""
    samples = cast.corpus[cast.line(speaker, rng)].samples
    wanted = int(_CROP_S * SAMPLE_RATE_HZ)
    first = rng.randint(0, max(0, len(samples) - wanted))
    crop = np.zeros(wanted, np.float32)
    piece = samples[first : first + wanted]
    crop[: len(piece)] = piece / np.float32(FULL_SCALE)
    return augmented(crop, rng)
