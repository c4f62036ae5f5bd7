"""Decodes one file to channels at 16 kHz, with the warnings about it."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from whisperfarm_contract.media import missing_header, recognize
from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import AudioEmpty, AudioUnreadable
from whisperfarm_contract.transcript import Recording
from whisperfarm_worker.pipeline.audio import (
    pcm_header,
    recording_start,
    track_choice,
    truncation,
)
from whisperfarm_worker.pipeline.audio.channel_seconds import ChannelSeconds
from whisperfarm_worker.pipeline.audio.decoder import Decoder
from whisperfarm_worker.pipeline.audio.ffmpeg import Input
from whisperfarm_worker.pipeline.audio.ffmpeg_decoder import FfmpegDecoder
from whisperfarm_worker.pipeline.audio.media_info import MediaInfo
from whisperfarm_worker.pipeline.audio.pcm_buffer import PcmBuffer
from whisperfarm_worker.pipeline.audio.pcm_decoder import PcmDecoder
from whisperfarm_worker.pipeline.audio.timeline import Timeline
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.postprocess.times import list_times
from whisperfarm_worker.pipeline.state import (
    SAMPLE_BYTES,
    SAMPLE_RATE_HZ,
    TimeSpan,
)

_CLOCKS_FROM_ZERO = ("mp4", "matroska")
"""Containers whose clock starts at 0; that of the others starts with the first time stamp."""

_MAX_LEAD_S = 60.0
"""A clock that starts later was running before the recording began, as in a live stream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedFile:
    """A decoded file: its channels, its holes, its time code if it has one, and warnings."""

    pcm: PcmBuffer
    holes: tuple[TimeSpan, ...]
    recording: Recording | None
    warnings: tuple[str, ...]


def decode_file(
    path: Path,
    options: Options,
    context: StageContext,
    *,
    downmix: bool,
    on_poll: Callable[[], None],
    lead: int = 0,
) -> DecodedFile:
    """Decode a file to all its channels, or to one with `downmix`.

    `lead` frames of silence precede it, from which its `holes` count. Raises the `Audio...`
    problems, `InvalidOption` for too many channels or a track that does not exist, `ScratchFull`,
    and what `on_poll` raises.
    """
    source = _input(path, options)
    decoder = _decoder(source, context, on_poll)
    info = decoder.inspect()
    numbers = track_choice.candidates(options.track, info.tracks)
    context.space.check(_stated_bytes(context, info, numbers[0], downmix=downmix))
    track, failures = _first_with_sound(
        numbers,
        partial(
            _decode_track,
            context=context,
            downmix=downmix,
            lead=lead,
            decoder=decoder,
            source=source,
            info=info,
            channel_seconds=ChannelSeconds(context.max_channel_s),
        ),
    )
    if not track.pcm.frames:
        raise AudioEmpty("the audio is empty: its header is valid, but no samples follow it")
    recording, start_warnings = _recording(source, info)
    return DecodedFile(
        pcm=track.pcm,
        holes=track.holes,
        recording=recording,
        warnings=(
            *truncation.warnings(
                source,
                info,
                track=track.number,
                found_s=track.pcm.seconds,
                offset_s=_offset_s(source, info),
            ),
            *start_warnings,
            *track.warnings,
            *_hole_warnings(track.holes),
            *_downmix_warnings(track.pcm.inverted_s),
            *track_choice.warnings(
                options,
                info.tracks,
                track.number,
                silent=track.pcm.is_silent,
                failures=failures,
            ),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _DecodedTrack:
    """An audio track, decoded, and the warnings of the decoder."""

    number: int
    pcm: PcmBuffer
    warnings: Sequence[str]

    @property
    def holes(self) -> tuple[TimeSpan, ...]:
        lead_s = self.pcm.lead / SAMPLE_RATE_HZ
        found = self.pcm.timeline.holes if self.pcm.timeline else ()
        return tuple(TimeSpan(hole.start + lead_s, hole.end + lead_s) for hole in found)


def _first_with_sound(
    numbers: Sequence[int], decode_track: Callable[[int], _DecodedTrack]
) -> tuple[_DecodedTrack, dict[int, str]]:
    """Decode tracks until one is not silent. Returns it, or the first silent one, and why tracks
    cannot be decoded, by their numbers. Raises the problem of the first if none can be."""
    silent: list[_DecodedTrack] = []
    failures: dict[int, AudioUnreadable] = {}
    for number in numbers:
        try:
            track = decode_track(number)
        except AudioUnreadable as error:
            failures[number] = error
            continue
        if not track.pcm.is_silent:
            silent.insert(0, track)
            break
        silent.append(track)
    if not silent:
        raise failures[numbers[0]]
    for track in silent[1:]:
        track.pcm.remove()
    return silent[0], {number: error.detail for number, error in failures.items()}


def _decode_track(
    number: int,
    *,
    context: StageContext,
    downmix: bool,
    lead: int,
    decoder: Decoder,
    source: Input,
    info: MediaInfo,
    channel_seconds: ChannelSeconds,
) -> _DecodedTrack:
    pcm = PcmBuffer(
        path=context.folder / f"track-{number}",
        max_audio_s=context.max_audio_s,
        channel_seconds=channel_seconds,
        space=context.space,
        downmix=downmix,
        timeline=_timeline(source, info),
        lead=lead,
    )
    with context.space.writing(), closing(pcm):
        warnings = decoder.decode(pcm, track=number)
    return _DecodedTrack(number=number, pcm=pcm, warnings=warnings)


def _stated_bytes(context: StageContext, info: MediaInfo, number: int, *, downmix: bool) -> int:
    """Return the bytes of the decoded track, as far as the file states its length, else 0.

    A longer track than the farm accepts is rejected once that much was decoded.
    """
    is_listed = not downmix and number < len(info.tracks)
    channels = info.tracks[number].channels if is_listed else 1
    seconds = min(info.duration_s or 0.0, context.max_audio_s)
    channel_s = min(seconds * channels, context.max_channel_s)
    return round(channel_s * SAMPLE_RATE_HZ) * SAMPLE_BYTES


def _input(path: Path, options: Options) -> Input:
    if options.encoding is not None:
        return Input(path=path, encoding=options.encoding, sample_rate_hz=options.sample_rate)
    if not path.stat().st_size:
        raise AudioEmpty("the file is empty")
    with path.open("rb") as file:
        found = recognize(file)
        reason = missing_header.find(file, found)
    if reason is not None:
        raise AudioUnreadable(reason)
    if found is None:
        raise AudioUnreadable(
            "the file's first bytes do not belong to a supported audio or video format; for"
            " headerless audio, set encoding and sample_rate"
        )
    return Input(
        path=path,
        container=found.container,
        offset=found.offset,
        sample_rate_hz=None if found.is_wrapped else options.sample_rate,
    )


def _decoder(source: Input, context: StageContext, on_poll: Callable[[], None]) -> Decoder:
    """Return the decoder that reads the file: a child process only if numpy cannot."""
    header = pcm_header.find(source)
    if header is not None:
        return PcmDecoder(source=source, header=header, on_poll=on_poll)
    return FfmpegDecoder(
        source=source,
        ffmpeg=context.ffmpeg,
        max_audio_s=context.max_audio_s,
        on_poll=on_poll,
        scratch=context.folder / "frames",
    )


def _timeline(source: Input, info: MediaInfo) -> Timeline | None:
    """Return the time line, or `None` if the caller sets the sample rate and so the clock, or if
    the file has no time stamps."""
    if source.container is None or source.sample_rate_hz is not None or not info.has_time_stamps:
        return None
    return Timeline(offset=round((_offset_s(source, info) - info.start_s) * SAMPLE_RATE_HZ))


def _offset_s(source: Input, info: MediaInfo) -> float:
    """Return the time of the first time stamp of all tracks."""
    starts_at_0 = source.container is not None and source.container.name in _CLOCKS_FROM_ZERO
    return info.start_s if starts_at_0 and 0 < info.start_s <= _MAX_LEAD_S else 0.0


def _recording(source: Input, info: MediaInfo) -> tuple[Recording | None, list[str]]:
    """Return the time code at which the recording starts, or why it was ignored."""
    try:
        return recording_start.find(source, info), []
    except recording_start.InvalidStart as error:
        return None, [str(error)]


def _hole_warnings(holes: Sequence[TimeSpan]) -> list[str]:
    if not holes:
        return []
    seconds = sum(hole.end - hole.start for hole in holes)
    return [
        f"the recording has holes: {seconds:.1f} s of audio are missing ({list_times(holes)}); see"
        " coverage.gaps"
    ]


def _downmix_warnings(inverted_s: float) -> list[str]:
    if not inverted_s:
        return []
    return [
        f"channels cancel each other in {inverted_s:.1f} s of the audio because their polarity is"
        " opposed; one of them was inverted there"
    ]
