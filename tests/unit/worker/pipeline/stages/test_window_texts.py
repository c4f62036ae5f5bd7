"""Decoding of the windows of several languages, with a checkpoint."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.support.fake_engine import FakeModel
from whisperfarm_contract.presets import Preset
from whisperfarm_worker.attempt.checkpoint import NoCheckpoint
from whisperfarm_worker.engines.port import DecodedText, Decoding
from whisperfarm_worker.pipeline.languages.spoken import SpokenWindow
from whisperfarm_worker.pipeline.stages.window_texts import DecodedWindows, decode_windows
from whisperfarm_worker.pipeline.state import PipelineState

Make = Callable[..., PipelineState]


@dataclass
class MemoryCheckpoint(NoCheckpoint):
    """A checkpoint in memory."""

    texts: dict[str, DecodedText] = field(default_factory=dict)
    loaded_with: list[Decoding] = field(default_factory=list)

    def load(self, preset: Preset, decoding: Decoding) -> Mapping[str, DecodedText]:
        self.loaded_with.append(decoding)
        return dict(self.texts)

    def record(self, key: str, text: DecodedText) -> None:
        self.texts[key] = text


DECODINGS = {code: Decoding(language=code) for code in ("en", "de")}


def _decode(
    state: PipelineState, languages: str, checkpoint: MemoryCheckpoint, model: FakeModel
) -> tuple[DecodedWindows, list[float]]:
    progress: list[float] = []
    spoken = [
        SpokenWindow(window, code)
        for window, code in zip(state.windows, languages.split(), strict=True)
    ]
    decoded = decode_windows(
        state, spoken, model, DECODINGS, on_progress=progress.append, checkpoint=checkpoint
    )
    return decoded, progress


def test_windows_of_one_language_are_decoded_together(make_work: Make) -> None:
    model = FakeModel(texts=["one", "two"])
    state = make_work((0, 1), (2, 3), (4, 5))
    decoded, progress = _decode(state, "en de en", MemoryCheckpoint(), model)
    assert [text.text for text in decoded.texts] == ["one", "one", "two"]
    assert [one.language for one in model.decodings] == ["en", "de"]
    assert progress == [1 / 3, 2.5 / 3]


def test_checkpoint_has_the_language_of_each_window(make_work: Make) -> None:
    checkpoint, state = MemoryCheckpoint(), make_work((0, 1), (2, 3))
    _decode(state, "en de", checkpoint, FakeModel())
    assert set(checkpoint.texts) == {"0:0:16000:en", "0:32000:48000:de"}
    assert [one.language for one in checkpoint.loaded_with] == [""]


def test_window_is_decoded_again_only_in_another_language(make_work: Make) -> None:
    checkpoint, state = MemoryCheckpoint(), make_work((0, 1), (2, 3))
    _decode(state, "en de", checkpoint, FakeModel())
    same, _ = _decode(state, "en de", checkpoint, FakeModel(texts=["new"]))
    assert same.from_checkpoint == 2
    other, _ = _decode(state, "en en", checkpoint, FakeModel(texts=["new"]))
    assert (other.from_checkpoint, [text.text for text in other.texts]) == (
        1, [" hello  world", "new"],
    )  # fmt: skip
