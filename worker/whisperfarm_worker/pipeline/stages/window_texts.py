"""Decodes the windows of an attempt, those of one language after those of another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from whisperfarm_contract.window_keys import WindowKey
from whisperfarm_worker.attempt.checkpoint import Checkpoint
from whisperfarm_worker.engines.port import (
    DecodedText,
    Decoding,
    OnProgress,
    OnText,
    SpeechRecognizer,
)
from whisperfarm_worker.pipeline.languages.spoken import SpokenWindow
from whisperfarm_worker.pipeline.levels.gain import cut_window
from whisperfarm_worker.pipeline.state import PipelineState


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedWindows:
    """The texts of all windows, in order, and how many of them are from an earlier attempt."""

    texts: Sequence[DecodedText]
    from_checkpoint: int


def decode_windows(
    state: PipelineState,
    spoken: Sequence[SpokenWindow],
    model: SpeechRecognizer,
    decodings: Mapping[str, Decoding],
    *,
    on_progress: OnProgress,
    checkpoint: Checkpoint,
) -> DecodedWindows:
    """Decode the windows with the options of their languages. New texts go to the checkpoint."""
    texts = dict(checkpoint.load(state.preset, _without_language(decodings)))
    missing = [one for one in spoken if _key(one) not in texts]
    from_checkpoint = done = len(spoken) - len(missing)
    for language, decoding in decodings.items():
        own = [one for one in missing if one.language == language]
        keys = [_key(one) for one in own]
        decoded = model.transcribe(
            [cut_window(state.waveform, one.window) for one in own],
            decoding,
            on_progress=_progress_of(on_progress, done, len(own), len(spoken)),
            on_text=_record(checkpoint, keys),
        )
        texts.update(zip(keys, decoded, strict=True))
        done += len(own)
    return DecodedWindows(
        texts=[texts[_key(one)] for one in spoken], from_checkpoint=from_checkpoint
    )


def _without_language(decodings: Mapping[str, Decoding]) -> Decoding:
    """Return what all windows have in common. The language of a window is in its key."""
    return replace(next(iter(decodings.values())), language="")


def _key(spoken: SpokenWindow) -> str:
    window = spoken.window
    return str(WindowKey.of(window.start, window.end, window.channel, spoken.language))


def _record(checkpoint: Checkpoint, keys: Sequence[str]) -> OnText:
    return lambda number, text: checkpoint.record(keys[number], text)


def _progress_of(on_progress: OnProgress, done: int, count: int, total: int) -> OnProgress:
    """Return the progress callback for `count` of all windows, of which some are done."""
    return lambda fraction: on_progress((done + count * fraction) / max(total, 1))
