"""The demo Whisper and its training losses."""

import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn.functional import cross_entropy, gelu
from transformers import WhisperConfig, WhisperForConditionalGeneration
from transformers.models.whisper.modeling_whisper import WhisperAttention

from training.asr_batch import IGNORED, AsrBatch
from training.vocabulary import WORDS

TAIL_STEP = 16
"""Number of positions of trailing silence that one position represents in training."""

GUIDED_HEADS = 2
"""Number of heads with guided attention in each guided layer."""


def config(vocabulary_size: int, *, end: int, start: int) -> WhisperConfig:
    """Whisper's architecture with about two million parameters."""
    return WhisperConfig(
        vocab_size=vocabulary_size,
        num_mel_bins=80,
        d_model=128,
        encoder_layers=4,
        encoder_attention_heads=4,
        encoder_ffn_dim=512,
        decoder_layers=3,
        decoder_attention_heads=4,
        decoder_ffn_dim=512,
        max_source_positions=1500,
        max_target_positions=448,
        dropout=0.0,
        pad_token_id=end,
        bos_token_id=end,
        eos_token_id=end,
        decoder_start_token_id=start,
        suppress_tokens=None,
        begin_suppress_tokens=None,
        # Only this one returns the attention weights; with small heads it is as fast on a CPU.
        attn_implementation="eager",
    )


@dataclass(frozen=True)
class Losses:
    """The parts of the loss, and the share of correct words."""

    words: torch.Tensor
    frames: torch.Tensor
    guide: torch.Tensor
    accuracy: torch.Tensor

    def total(self) -> torch.Tensor:
        """The loss that is minimized."""
        return self.words + self.frames + 0.3 * self.guide


class AsrTrainee(nn.Module):
    """A Whisper with a frame classifier on its encoder and guided cross attention.

    A Whisper decoder usually takes many steps to learn where to attend. The word times of the
    synthetic speech guide it: the first decoder layer attends to the previous word, the later
    ones to the next word.
    """

    def __init__(self, whisper_config: WhisperConfig) -> None:
        super().__init__()
        self.whisper = WhisperForConditionalGeneration(whisper_config)
        self.frame_head = nn.Linear(whisper_config.d_model, len(WORDS) + 1)
        self._attention: dict[int, torch.Tensor] = {}
        self._key_bias: torch.Tensor | None = None
        for number, layer in enumerate(self.whisper.model.decoder.layers):
            self._watch(number, layer.encoder_attn)

    def forward(self, batch: AsrBatch) -> Losses:
        """Losses of one batch."""
        encoded = self.encode(batch.mel)
        logits = self.decode(batch.tokens, encoded)
        frames = self.frame_head(encoded[:, : batch.frame_labels.shape[1]])
        asked = batch.targets != IGNORED
        right = (logits.argmax(-1) == batch.targets)[asked]
        return Losses(
            words=cross_entropy(logits.float().flatten(0, 1), batch.targets.flatten()),
            frames=cross_entropy(frames.float().flatten(0, 1), batch.frame_labels.flatten()),
            guide=self._guide_loss(batch.spans),
            accuracy=right.float().mean(),
        )

    def encode(self, mel: torch.Tensor) -> torch.Tensor:
        """Whisper's encoder: (B, 80, 2 T) to (B, T + the tail, d)."""
        encoder = self.whisper.model.encoder
        hidden = gelu(encoder.conv2(gelu(encoder.conv1(mel)))).transpose(1, 2)
        hidden, self._key_bias = with_tail(hidden, encoder.embed_positions.weight)
        bias = self._key_bias.expand(1, 1, hidden.shape[1], -1)
        for layer in encoder.layers:
            hidden = layer(hidden, attention_mask=bias, layer_head_mask=None)[0]
        return encoder.layer_norm(hidden)

    def decode(self, tokens: torch.Tensor, encoded: torch.Tensor) -> torch.Tensor:
        """Logits (B, N, vocabulary)."""
        decoder = self.whisper.model.decoder
        hidden = decoder(
            input_ids=tokens, encoder_hidden_states=encoded, use_cache=False
        ).last_hidden_state
        return self.whisper.proj_out(hidden)

    def _watch(self, number: int, attention: WhisperAttention) -> None:
        def keep(_module: nn.Module, _inputs: object, outputs: tuple[torch.Tensor, ...]) -> None:
            self._attention[number] = outputs[1]

        def weigh(
            _module: nn.Module, inputs: tuple[object, ...], named: dict[str, object]
        ) -> tuple[tuple[object, ...], dict[str, object]]:
            return inputs, {**named, "attention_mask": self._key_bias}

        attention.register_forward_hook(keep)
        attention.register_forward_pre_hook(weigh, with_kwargs=True)

    def _guide_loss(self, spans: torch.Tensor) -> torch.Tensor:
        previous = torch.cat([torch.full_like(spans[:, :1], -1.0), spans[:, :-1]], dim=1)
        parts = [
            _outside(weights[:, :GUIDED_HEADS], previous if number == 0 else spans)
            for number, weights in self._attention.items()
        ]
        return torch.stack(parts).mean()


def with_tail(hidden: torch.Tensor, positions: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Pad with silence to thirty seconds, of which every sixteenth position represents sixteen.

    WhisperX pads every window to 1,500 positions, and most of a batch would be that silence.
    Only its positions differ, so a sixteenth of them with a sixteenfold attention weight has the
    same effect. Returns the hidden states (B, T + tail, d) with position embeddings, and the bias
    (1, 1, 1, T + tail) of the attention to them.
    """
    length = hidden.shape[1]
    places = list(range(length + TAIL_STEP // 2, len(positions), TAIL_STEP))
    silence = hidden[:, -3:-2].expand(-1, len(places), -1)
    where = [*range(length), *places]
    bias = torch.zeros(1, 1, 1, len(where), dtype=hidden.dtype)
    bias[..., length:] = math.log(TAIL_STEP)
    extended = torch.cat([hidden, silence], dim=1) + positions[where]
    return extended, bias


def _outside(weights: torch.Tensor, spans: torch.Tensor) -> torch.Tensor:
    """Return the negative log of the attention on each span; weights (B, H, N, T)."""
    position = torch.arange(weights.shape[-1], device=weights.device)
    first, last = spans[..., :1] - 1, spans[..., 1:] + 1
    inside = ((position >= first) & (position <= last)).unsqueeze(1)
    mass = (weights.float() * inside).sum(-1)
    asked = (spans[..., 0] >= 0).unsqueeze(1).expand_as(mass)
    return -(mass[asked] + 1e-4).log().mean()
