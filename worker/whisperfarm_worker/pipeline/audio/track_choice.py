"""Chooses the audio track of a file that has several."""

from collections.abc import Mapping, Sequence

from whisperfarm_contract import language_tags
from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import InvalidOption
from whisperfarm_worker.pipeline.audio.media_info import Track


def candidates(wanted: str | None, tracks: Sequence[Track]) -> Sequence[int]:
    """Return the numbers of the tracks that the caller allows, by preference.

    `wanted` is a number, a language or `None` for all. Raises `InvalidOption` if there is no such
    track.
    """
    numbers = range(max(len(tracks), 1))
    if wanted is None or not tracks:
        return numbers
    if wanted.isdecimal():
        found = [number for number in numbers if number == int(wanted)]
    else:
        found = [number for number in numbers if _language(tracks[number]) == wanted]
    if not found:
        raise InvalidOption(
            f"track: the file has no audio track {wanted}; choose one of {describe(tracks)}"
        )
    return found


def describe(tracks: Sequence[Track]) -> str:
    """Return the numbers of the tracks with their languages."""
    return ", ".join(
        f"{number} ({track.language})" if track.language not in ("", "und") else str(number)
        for number, track in enumerate(tracks)
    )


def warnings(
    options: Options,
    tracks: Sequence[Track],
    chosen: int,
    *,
    silent: bool,
    failures: Mapping[int, str],
) -> list[str]:
    """Return a warning if the farm chose among several tracks, and one for each track that cannot
    be decoded, with the reason. `failures` are the reasons by number."""
    numbers = candidates(options.track, tracks)
    if len(numbers) == 1:
        return []
    advice = (
        "to transcribe another, send it as a file of its own"
        if options.leg_offsets_s
        else "set track to choose another"
    )
    return [
        f"the file has {len(tracks)} audio tracks, {describe(tracks)}, and only track {chosen} was"
        f" transcribed{_reason(numbers, chosen, silent=silent, failures=failures)}; {advice}",
        *(
            f"track {number} was skipped: {reason}; if it has speech, convert it to another codec"
            for number, reason in failures.items()
        ),
    ]


def _reason(
    numbers: Sequence[int], chosen: int, *, silent: bool, failures: Mapping[int, str]
) -> str:
    """Return why the farm chose this track, or an empty text for the first one."""
    if silent:
        return "; all others are silent or cannot be decoded" if failures else "; all are silent"
    silent_before = [one for one in numbers if one < chosen and one not in failures]
    reasons = [
        *(["are silent"] if silent_before else []),
        *(["cannot be decoded"] if failures else []),
    ]
    return f" because those before it {' or '.join(reasons)}" if reasons else ""


def _language(track: Track) -> str:
    return language_tags.normalize(track.language)
