"""Which engine and which diarizer a quality gets, and why: a pure function of the profile."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from whisperfarm_contract.diarizers import PYANNOTE
from whisperfarm_contract.presets import PRESETS, Preset
from whisperfarm_store.profiles import catalogue
from whisperfarm_store.profiles.document import Profile

_Candidate = tuple[str, str, catalogue.Engine]
"""Use, name in the profile, and engine."""

Problem = Callable[[str], str | None]
"""Returns why a preset (or a diarizer's model) cannot run here, or `None` if it can."""

_ENGINE_USES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "fast": ("primary", "fallback"),
        "standard": ("primary", "fallback"),
        "critical": ("critical", "primary", "fallback"),
    }
)
_NOISY_USES = ("critical", "primary", "fallback")
_DIARIZER_USES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "fast": ("fast", "primary", "standard", "complex"),
        "standard": ("standard", "primary", "complex", "fast"),
        "critical": ("complex", "standard", "primary", "fast"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An engine and a diarizer by their names in the profile, and what runs for them.

    `next_preset` runs if the engine fails with a recording; it is empty if there is none. `model`
    is empty if there are no speakers. `fallbacks` says what would have been chosen before,
    and why it was not.
    """

    engine: str
    preset: str
    next_preset: str
    diarizer: str
    model: str
    reason: str
    fallbacks: tuple[str, ...]


def no_problem(name: str) -> str | None:
    """Assume that every model can run: what a process does that has no models."""


def choose(
    profile: Profile,
    quality: str,
    *,
    noisy: bool,
    presets: Mapping[str, Preset] = PRESETS,
    engine_problem: Problem = no_problem,
    diarizer_problem: Problem = no_problem,
) -> Choice | None:
    """Choose the first engine and the first diarizer that can run, or `None` without an engine."""
    candidates = list(_engines(profile, quality, noisy, presets))
    problems = [one.missing_because or engine_problem(one.preset) for _, _, one in candidates]
    chosen = _first_usable(candidates, problems)
    if chosen is None:
        return None
    use, name, engine = candidates[chosen]
    skipped = [
        _fallback(f"engines.{other}", other_name, problem, f"{name} (engines.{use})")
        for (other, other_name, _), problem in zip(candidates[:chosen], problems, strict=False)
    ]
    diarizer, model, without = _diarizer(profile, quality, diarizer_problem)
    return Choice(
        engine=name,
        preset=engine.preset,
        next_preset=_next_usable(candidates, problems, after=chosen),
        diarizer=diarizer,
        model=model,
        reason=_reason(quality, noisy=noisy, use=use, candidates=candidates),
        fallbacks=(*skipped, *without),
    )


def _engines(
    profile: Profile, quality: str, noisy: bool, presets: Mapping[str, Preset]
) -> Iterator[_Candidate]:
    """Yield the engines in the order of preference."""
    uses = _NOISY_USES if noisy else _ENGINE_USES[quality]
    named = [(use, getattr(profile.engines, use)) for use in uses]
    found = [
        (use, name, engine)
        for use, name in named
        if name and (engine := catalogue.engine(name, presets))
    ]
    if noisy:  # those that are weak in noise last; the order is otherwise kept
        found.sort(key=lambda one: one[2].is_weak_in_noise)
    yield from found


def _first_usable(candidates: Sequence[_Candidate], problems: Sequence[str | None]) -> int | None:
    """Return the first engine that can run here, else the first that this farm has at all: the
    worker's own check then names the file that is missing."""
    numbers = range(len(candidates))
    usable = (number for number in numbers if not problems[number])
    known = (number for number in numbers if candidates[number][2].preset)
    return next(usable, next(known, None))


def _next_usable(
    candidates: Sequence[_Candidate], problems: Sequence[str | None], *, after: int
) -> str:
    """Return the preset of the next other engine that can run here, or an empty text."""
    further = zip(candidates[after + 1 :], problems[after + 1 :], strict=True)
    presets = (engine.preset for (_, _, engine), problem in further if not problem)
    return next((one for one in presets if one != candidates[after][2].preset), "")


def _diarizer(profile: Profile, quality: str, problem: Problem) -> tuple[str, str, tuple[str, ...]]:
    """Return the name in the profile, its model, and why others were not chosen."""
    attempts = list(_diarizers(profile, quality))
    problems = [missing or problem(model) for _, _, model, missing in attempts]
    for number, (_, name, model, _) in enumerate(attempts):
        if not problems[number]:
            return name, model, tuple(_skipped(attempts[:number], problems, model))
    return "", "", tuple(_skipped(attempts, problems, "no diarizer"))


def _diarizers(profile: Profile, quality: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield key, name, model and why it cannot be had, in the order of preference.

    The farm's own diarizer is the last one, if the profile names any.
    """
    named = [(use, getattr(profile.diarization, use)) for use in _DIARIZER_USES[quality]]
    found = [
        (f"diarization.{use}", name, one)
        for use, name in named
        if name and (one := catalogue.diarizer(name))
    ]
    for key, name, one in found:
        for model in one.models or ("",):
            yield key, name, model, one.missing_because
    if found and not any(PYANNOTE in one.models for _, _, one in found):
        yield "diarization", "pyannote", PYANNOTE, ""


def _skipped(
    attempts: Sequence[tuple[str, str, str, str]], problems: Sequence[str | None], instead: str
) -> Iterator[str]:
    for (key, name, model, _), problem in zip(attempts, problems, strict=False):
        yield _fallback(key, model or name, problem, instead)


def _fallback(key: str, name: str, problem: str | None, instead: str) -> str:
    return f"{key}: {name} is not used ({problem}); {instead} is used instead"


def _reason(quality: str, *, noisy: bool, use: str, candidates: Sequence[_Candidate]) -> str:
    asked = "noisy=true" if noisy else f"quality={quality}"
    uses = ", ".join(other for other, _, _ in candidates)
    return f"{asked}: engines.{use} is the first of {uses} that can run here"
