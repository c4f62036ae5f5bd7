"""What follows from the profile on this machine, as text for the operator."""

from collections.abc import Iterator

from whisperfarm.markdown import table
from whisperfarm_models.settings import ModelSettings
from whisperfarm_store.profiles.effects import notes, settings_of
from whisperfarm_store.settings import PREFIX


def profile_markdown(settings: ModelSettings) -> str:
    """Return the presets of the profile as a table, the settings that it sets, and its notes."""
    head = ("Preset", "Engine", "Speech model", "Diarizer")
    lines = [table(head, _rows(settings))]
    profile = settings.read_profile()
    if profile is not None and (values := settings_of(profile)):
        named = ", ".join(f"`{PREFIX}{name.upper()}={value}`" for name, value in values.items())
        lines.append(f"\nUnless they are set otherwise: {named}.\n")
    lines.extend(f"\n- {note}" for note in profile_notes(settings))
    return "".join(lines) + ("\n" if len(lines) > 1 else "")


def profile_notes(settings: ModelSettings) -> list[str]:
    """Return a sentence for each key without effect, and for each model that is replaced."""
    profile = settings.read_profile()
    if profile is None:
        return []
    selections = [one.selection for one in settings.served_presets().values() if one.selection]
    fallbacks = (text for selection in selections for text in selection.fallbacks)
    return list(dict.fromkeys((*notes(profile), *fallbacks)))


def _rows(settings: ModelSettings) -> Iterator[tuple[str, ...]]:
    for name, preset in settings.served_presets().items():
        if preset.selection is not None:
            diarizer = preset.diarizer if preset.diarize else "-"
            yield f"`{name}`", preset.selection.engine, preset.asr, diarizer
