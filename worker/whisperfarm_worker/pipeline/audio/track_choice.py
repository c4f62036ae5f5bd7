"""Chooses the audio track of a file that has several."""

from collections.abc import Sequence

from whisperfarm_contract import language_tags
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


def warnings(wanted: str | None, tracks: Sequence[Track], chosen: int, silent: bool) -> list[str]:
    """Return a warning if the farm chose among several tracks."""
    if len(candidates(wanted, tracks)) == 1:
        return []
    reason = " because those before it are silent" if chosen and not silent else ""
    reason = "; all are silent" if silent else reason
    return [
        f"the file has {len(tracks)} audio tracks, {describe(tracks)}, and only track {chosen} was"
        f" transcribed{reason}; set track to choose another"
    ]


def _language(track: Track) -> str:
    return language_tags.normalize(track.language)
