"""Decodes the legs of a call to one time line, with one channel for each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from whisperfarm_contract import legs
from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import AudioTooLong, AudioUnreadable
from whisperfarm_contract.transcript import Recording
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.postprocess.times import list_times
from whisperfarm_worker.pipeline.stages.decoded_file import DecodedFile, decode_file
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, TimeSpan, Waveform, merge

_MIN_HOLE_S = 0.1
"""Offsets are rounded: a shorter time between two legs is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedCall:
    """A call with a channel for each leg. `facts` say where each leg lies on the time line."""

    waveform: Waveform
    holes: tuple[TimeSpan, ...]
    recording: Recording | None
    warnings: tuple[str, ...]
    facts: Sequence[dict[str, Any]]


def decode_legs(
    paths: Sequence[Path],
    options: Options,
    context: StageContext,
    *,
    on_poll: Callable[[int], None],
) -> DecodedCall:
    """Decode each file, mix its channels, and place it at its offset.

    `on_poll` is called with the number of the leg. Problems and warnings name the leg. Raises like
    `decode_file`, and `AudioTooLong` if the call is longer than the farm accepts.
    """
    if len(paths) != len(options.leg_offsets_s):
        raise AudioUnreadable("the recording has not one file for each leg; submit it again")
    decoded = [
        _decode_leg(number, path, options, context, on_poll) for number, path in enumerate(paths)
    ]
    spans = [_span(leg) for leg in decoded]
    frames = max(leg.pcm.lead + leg.pcm.frames for leg in decoded)
    _check_length(frames / SAMPLE_RATE_HZ, len(paths), context)
    waveform = _join([leg.pcm.to_waveform(frames) for leg in decoded], spans)
    empty = _without_leg(spans)
    return DecodedCall(
        waveform=waveform,
        holes=tuple(merge([*(hole for leg in decoded for hole in leg.holes), *empty])),
        recording=_recording(decoded),
        warnings=(
            *(
                f"{options.leg_label(number)}: {warning}"
                for number, leg in enumerate(decoded)
                for warning in leg.warnings
            ),
            *_silence_warnings(waveform, options),
            *_empty_warnings(empty),
        ),
        facts=[
            {"offset_s": round(span.start, 3), "audio_s": round(span.end - span.start, 3)}
            for span in spans
        ],
    )


def _decode_leg(
    number: int,
    path: Path,
    options: Options,
    context: StageContext,
    on_poll: Callable[[int], None],
) -> DecodedFile:
    folder = context.folder / f"leg-{number}-decoded"
    folder.mkdir()
    offset_s = options.leg_offsets_s[number]
    with legs.naming(options.leg_label(number)):
        found = decode_file(
            path,
            options,
            replace(context, folder=folder),
            downmix=True,
            on_poll=partial(on_poll, number),
            lead=round(offset_s * SAMPLE_RATE_HZ),
        )
        if offset_s + found.pcm.seconds > context.max_audio_s:
            raise AudioTooLong(
                f"it ends at {offset_s + found.pcm.seconds:.0f} seconds of the call, and this farm"
                f" accepts {context.max_audio_s:.0f}; send the call in parts"
            )
    return found


def _check_length(seconds: float, count: int, context: StageContext) -> None:
    """Raise `AudioTooLong` if the channels are too long together: each has the whole length."""
    if seconds * count > context.max_channel_s:
        raise AudioTooLong(
            f"the call has {count} legs and {seconds:.0f} seconds, and this farm accepts"
            f" {context.max_channel_s:.0f} seconds of all legs together; send it in parts"
        )


def _span(leg: DecodedFile) -> TimeSpan:
    start_s = leg.pcm.lead / SAMPLE_RATE_HZ
    return TimeSpan(start_s, start_s + leg.pcm.seconds)


def _join(waveforms: Sequence[Waveform], spans: Sequence[TimeSpan]) -> Waveform:
    silent = (number for number, one in enumerate(waveforms) if not one.audible)
    samples = tuple(one.samples[0] for one in waveforms)
    return Waveform(samples, silent=frozenset(silent), spans=tuple(spans))


def _without_leg(spans: Sequence[TimeSpan]) -> list[TimeSpan]:
    """Return where no leg has audio."""
    holes: list[TimeSpan] = []
    end_s = 0.0
    for span in merge(spans):
        if span.start - end_s >= _MIN_HOLE_S:
            holes.append(TimeSpan(end_s, span.start))
        end_s = span.end
    return holes


def _recording(decoded: Sequence[DecodedFile]) -> Recording | None:
    """Return the time code of the first leg that starts with the call, if it has one."""
    found = (leg.recording for leg in decoded if not leg.pcm.lead)
    return next((one for one in found if one is not None), None)


def _silence_warnings(waveform: Waveform, options: Options) -> list[str]:
    return [
        f"{options.leg_label(number)} is silent from start to end and got no speaker; if there"
        " should be speech, check the recorder"
        for number in sorted(waveform.silent)
    ]


def _empty_warnings(empty: Sequence[TimeSpan]) -> list[str]:
    if not empty:
        return []
    seconds = sum(one.end - one.start for one in empty)
    return [f"no leg has audio for {seconds:.1f} s ({list_times(empty)}); see coverage.gaps"]
