"""Stores the redacted recording of a job that asks for one."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

from whisperfarm_contract.identifiers import (
    redacted_audio_key,
    redacted_keys,
    redacted_manifest_key,
)
from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import InvalidOption, InvalidSettings
from whisperfarm_contract.transcript import Transcript
from whisperfarm_store import events
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.redaction.kinds import KINDS, Kinds, read_kinds
from whisperfarm_store.redaction.recording import RedactedRecording
from whisperfarm_store.redaction.view import redact
from whisperfarm_worker.attempt.monitor import AttemptMonitor, StopAttempt
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, PipelineState, Waveform
from whisperfarm_worker.redaction.masked_audio import masked_blocks
from whisperfarm_worker.redaction.masked_spans import MaskedSpans, find_spans, find_wordless
from whisperfarm_worker.redaction.wav_header import wav_header


@dataclass(frozen=True, slots=True)
class Redactor:
    """Makes redacted recordings. `known_kinds` are the kinds of data that this worker finds."""

    blobs: Blobs
    known_kinds: Kinds = field(default_factory=lambda: KINDS)

    def check(self, options: Options) -> None:
        """Raise `InvalidSettings` if this worker does not know a kind that the job asks for."""
        if options.redact is not None:
            self._kinds(options.redact)

    def store(
        self, state: PipelineState, transcript: Transcript, key: str, monitor: AttemptMonitor
    ) -> None:
        """Store the redacted recording beside the transcript of the key `key`, if it is wanted.

        What is masked is stored after the recording, which is complete if that is there.
        """
        if state.options.redact is None:
            return
        try:
            made = self._store(state, transcript, key, monitor)
        except StopAttempt:
            raise
        except Exception as error:
            events.redaction.recording_failed.log(error=type(error).__name__)
            raise
        events.redaction.recording_made.log(masked_s=round(made.masked_s, 3))

    @contextmanager
    def deleted_on_failure(self, key: str) -> Iterator[None]:
        """Delete the redacted recording if the block fails, which stores a part of the result."""
        try:
            yield
        except BaseException:
            with suppress(Exception):
                for one in redacted_keys(key):
                    self.blobs.delete(one)
            raise

    def _store(
        self, state: PipelineState, transcript: Transcript, key: str, monitor: AttemptMonitor
    ) -> RedactedRecording:
        kinds = self._kinds(state.options.redact or "")
        waveform, sound = state.waveform, state.options.redact_sound
        spans = replace(
            find_spans(redact(transcript, kinds), state.clips, waveform.seconds),
            wordless=find_wordless(
                waveform, transcript.segments, speaker_per_channel=state.speaker_per_channel
            ),
        )
        made = RedactedRecording(
            kinds=tuple(kinds),
            sound=sound,
            duration_s=waveform.seconds,
            masked=tuple((one.start, one.end) for one in spans.all()),
        )
        with self.deleted_on_failure(key):
            with self.blobs.writer(redacted_audio_key(key)) as writer:
                for data in _file(waveform, spans, beep=sound == "beep"):
                    monitor.report_progress("render", 0.0)
                    writer.write(data)
            self.blobs.put(redacted_manifest_key(key), made.to_bytes())
        return made

    def _kinds(self, names: str) -> Kinds:
        try:
            return read_kinds(names, self.known_kinds)
        except InvalidOption as problem:
            raise InvalidSettings(
                f"this worker cannot mask what the job asks for ({problem.detail}); set its"
                " WHISPERFARM_REDACTION_FILE to the file of the dispatcher"
            ) from problem


def _file(waveform: Waveform, spans: MaskedSpans, *, beep: bool) -> Iterator[bytes]:
    frames = len(waveform.samples[0])
    yield wav_header(frames, channels=waveform.channels, rate_hz=SAMPLE_RATE_HZ)
    for block in masked_blocks(waveform, spans, beep=beep):
        yield block.tobytes()
