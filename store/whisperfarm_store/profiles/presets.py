"""The presets of a profile: one for each quality, and one for its noisy recordings."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from whisperfarm_contract.diarizers import PYANNOTE
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.quality import DEFAULT_QUALITY, QUALITIES, Selection, preset_name
from whisperfarm_store.profiles import catalogue
from whisperfarm_store.profiles.document import Profile
from whisperfarm_store.profiles.policy import Choice, Problem, choose, no_problem
from whisperfarm_store.profiles.reading import invalid


def check_names(path: Path, profile: Profile, known: Mapping[str, Preset]) -> None:
    """Raise `InvalidSettings` for an unknown name, or a use without an engine that can be had."""
    for use, name in profile.engines.model_dump(exclude_none=True).items():
        if catalogue.engine(name, known) is None:
            raise _unknown(path, f"engines.{use}", name, catalogue.nearest_engine(name, known))
    for use, name in profile.diarization.model_dump(exclude_none=True).items():
        if catalogue.diarizer(name) is None:
            raise _unknown(path, f"diarization.{use}", name, catalogue.nearest_diarizer(name))
    if choose(profile, DEFAULT_QUALITY, noisy=False, presets=known) is None:
        primary = catalogue.engine(profile.engines.primary, known)
        reason = primary.missing_because if primary else ""
        raise invalid(
            path,
            "engines.primary",
            f"{profile.engines.primary} cannot be had: {reason}; add engines.fallback with an"
            " engine of this farm, such as whisper_large_v3_turbo",
        )


def _unknown(path: Path, key: str, name: str, nearest: str) -> Exception:
    return invalid(path, key, f"there is no {name!r}; did you mean {nearest}?")


def preset_names(profile: Profile) -> tuple[str, ...]:
    """Return the names of the profile's presets, the default first.

    They depend on the file alone, so that all parts of a farm agree on them.
    """
    noisy = _has_noisy_presets(profile)
    qualities = (DEFAULT_QUALITY, *(one for one in QUALITIES if one != DEFAULT_QUALITY))
    names = [preset_name(quality) for quality in qualities]
    return (*names, *(preset_name(quality, noisy=True) for quality in qualities if noisy))


def preset_names_of_engines(profile: Profile, known: Mapping[str, Preset]) -> tuple[str, ...]:
    """Return the presets that the engines of a profile stand for."""
    uses = ("primary", "critical", "fallback")
    named = [name for use in uses if (name := getattr(profile.engines, use))]
    engines = [engine for name in named if (engine := catalogue.engine(name, known))]
    return tuple(dict.fromkeys(engine.preset for engine in engines if engine.preset))


def without_models(diarizer: str) -> str | None:
    """Return why a diarizer is not assumed by a process that has no models."""
    return "its files are not there" if diarizer == catalogue.PYANNOTE_3_1 else None


def presets_of(
    path: Path,
    profile: Profile,
    known: Mapping[str, Preset],
    *,
    engine_problem: Problem = no_problem,
    diarizer_problem: Problem = without_models,
) -> dict[str, Preset]:
    """Return the presets of a profile by name. The problems say what cannot run here; by default,
    all models are there that a pull fetches."""
    return {
        preset.name: preset
        for preset in _presets(path, profile, known, engine_problem, diarizer_problem)
    }


def _presets(
    path: Path,
    profile: Profile,
    known: Mapping[str, Preset],
    engine_problem: Problem,
    diarizer_problem: Problem,
) -> Iterator[Preset]:
    for quality in QUALITIES:
        for noisy in (False, True) if _has_noisy_presets(profile) else (False,):
            choice = choose(
                profile,
                quality,
                noisy=noisy,
                presets=known,
                engine_problem=engine_problem,
                diarizer_problem=diarizer_problem,
            )
            if choice is not None:  # `check_names` has refused the profile otherwise
                yield _preset(path.name, quality, noisy, choice, known)


def _preset(
    profile: str, quality: str, noisy: bool, choice: Choice, known: Mapping[str, Preset]
) -> Preset:
    return replace(
        known[choice.preset],
        name=preset_name(quality, noisy=noisy),
        fallback=known[choice.next_preset].asr if choice.next_preset else "",
        diarize=bool(choice.model),
        diarizer=choice.model or PYANNOTE,
        description=f"{profile}: {choice.engine}, {choice.diarizer or 'no speakers'}",
        selection=Selection(
            profile=profile,
            quality=quality,
            noisy=noisy,
            engine=choice.engine,
            diarizer=choice.diarizer,
            reason=choice.reason,
            fallbacks=choice.fallbacks,
        ),
    )


def _has_noisy_presets(profile: Profile) -> bool:
    """Return whether noisy recordings may get another engine: by the file alone."""
    primary = catalogue.engine(profile.engines.primary)
    return profile.engines.critical is not None or bool(primary and primary.is_weak_in_noise)
