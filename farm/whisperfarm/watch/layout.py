"""Which of the files in a folder are recordings to transcribe, and with which options."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import NamedTuple

from whisperfarm.watch import leg_times
from whisperfarm.watch.file import File
from whisperfarm_contract.legs import MAX_LEGS, MIN_LEGS

_LEG = re.compile(r"(?P<call>.+?)leg\d+")
"""The name of a leg whose stream has no label in SDP. Others end with the label."""


class Recording(NamedTuple):
    """A file to transcribe, with its own options; `covers` are files that it makes superfluous.

    With `leg_offsets_s`, the file and those that it covers are the legs of a call, transcribed
    together; each starts at its offset.
    """

    file: File
    options: Mapping[str, str]
    covers: Sequence[File] = ()
    note: str = ""
    leg_offsets_s: Sequence[float] = ()

    @property
    def sent(self) -> list[File]:
        """The files that are sent."""
        return [self.file, *(self.covers if self.leg_offsets_s else ())]

    @property
    def legs(self) -> list["Recording"]:
        """Each leg of the call by itself; none if it is one file."""
        return [Recording(file, self.options) for file in self.sent if self.leg_offsets_s]


Layout = Callable[[Sequence[File], float], list[Recording]]
"""Called with the files and `legs_after_s`."""


def plain(files: Sequence[File], _legs_after_s: float) -> list[Recording]:
    """Return a recording for each complete file."""
    return [Recording(file, {}) for file in files if file.is_settled]


def siprec(files: Sequence[File], legs_after_s: float) -> list[Recording]:
    """Return the calls in a recording folder of SIPREC.

    When a call has ended, `<call>.wav` appears with one channel for each leg. The files of the
    legs, `<call><stream>.wav`, are part of it. Legs with numbers and without such a file become one
    recording when they have not changed for `legs_after_s`, and each other file one by itself.
    The names are those of loreste/siprec, `pkg/sip/custom_server.go`.
    """
    recordings: list[Recording] = []
    for group in _by_folder(files):
        combined = [file for file in group if _channels(file) > 1]
        covers = {file.path: _legs_of(file, group) for file in combined}
        covered = {leg.path for legs in covers.values() for leg in legs}
        recordings += [_call(file, covers[file.path]) for file in combined if file.is_settled]
        recordings += _without_combined(
            [
                file
                for file in group
                if file.path not in covered | covers.keys()
                if file.is_settled and file.unchanged_s >= legs_after_s
                if not _waits_for_legs(file, group)
            ]
        )
    return recordings


LAYOUTS: Mapping[str, Layout] = {"plain": plain, "siprec": siprec}


def _by_folder(files: Sequence[File]) -> Iterator[list[File]]:
    folders: dict[PurePath, list[File]] = {}
    for file in files:
        if file.path.lower().endswith(".wav"):
            folders.setdefault(PurePath(file.path).parent, []).append(file)
    yield from folders.values()


def _legs_of(combined: File, group: Sequence[File]) -> list[File]:
    """Return the legs of a call: those with numbers, or else with labels, one for each channel.

    The id of a call may be the beginning of that of another one. If the labels leave a doubt,
    the list is empty: a call that is transcribed twice is better than one that is left out.
    """
    call = _stem(combined)
    older = [file for file in group if _may_be_leg(file, combined)]
    if numbered := [file for file in older if _call_of_leg(file) == call]:
        return numbered
    labelled = [file for file in older if _call_of_leg(file) is None]
    return labelled if len(labelled) == _channels(combined) else []


def _may_be_leg(file: File, combined: File) -> bool:
    """Whether name, channels and time are those of a leg: the combined file is written last."""
    call = _stem(combined)
    has_name = _stem(file).startswith(call) and _stem(file) != call
    return has_name and _channels(file) == 1 and file.version.mtime_ns <= combined.version.mtime_ns


def _waits_for_legs(file: File, group: Sequence[File]) -> bool:
    """Whether other legs of the same call are still being written."""
    call = _call_of_leg(file)
    return call is not None and any(
        _call_of_leg(other) == call and not other.is_settled for other in group
    )


def _call(combined: File, legs: Sequence[File]) -> Recording:
    options = {"channels": "speakers", "reference": _stem(combined)}
    return Recording(combined, options, tuple(legs))


def _without_combined(files: Sequence[File]) -> Iterator[Recording]:
    """Yield the legs of each call together, and the other files by themselves."""
    calls: dict[str, list[File]] = {}
    for file in files:
        call = _call_of_leg(file) if leg_times.is_known(file) else None
        if call is None:
            yield _leg(file)
        else:
            calls.setdefault(call, []).append(file)
    for call, legs in calls.items():
        parts = sorted(legs, key=lambda leg: (len(leg.path), leg.path))
        for start in range(0, len(parts), MAX_LEGS):
            yield _legs(call, parts[start : start + MAX_LEGS])


def _legs(call: str, legs: Sequence[File]) -> Recording:
    if len(legs) < MIN_LEGS:
        return _leg(legs[0])
    note = f"there is no {call}.wav with all legs; its {len(legs)} legs are transcribed as one call"
    offsets_s = leg_times.offsets_s(legs)
    return Recording(legs[0], {"reference": call}, tuple(legs[1:]), note, offsets_s)


def _leg(file: File) -> Recording:
    """Return the recording of a leg alone."""
    call = _call_of_leg(file)
    if call is None:
        return Recording(file, {"reference": _stem(file)})
    note = f"there is no {call}.wav with all legs; this leg is transcribed by itself"
    return Recording(file, {"reference": call}, note=note)


def _call_of_leg(file: File) -> str | None:
    match = _LEG.fullmatch(_stem(file))
    return None if match is None else match["call"]


def _stem(file: File) -> str:
    return PurePath(file.path).stem


def _channels(file: File) -> int:
    return 0 if file.header is None else file.header.channels
