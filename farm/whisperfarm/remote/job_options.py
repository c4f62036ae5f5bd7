"""The options of the jobs of a command that submits many recordings."""

from collections.abc import Iterable, Mapping

from whisperfarm_contract import job_labels, job_policy
from whisperfarm_contract import options as job_options
from whisperfarm_contract.lanes import Lane
from whisperfarm_contract.problems import InvalidOption, UnknownOption

PRESET = "preset"
"""The name under which the flag and the column give the option `model`."""

BATCH = "batch"
"""The label that `whisperfarm batch` itself sets: the id in the manifest."""

_OWN = {BATCH}

_OTHERS = tuple(
    name for name in (*job_policy.FIELD_TYPES, *job_labels.FIELD_TYPES) if name not in _OWN
)


def check_name(name: str) -> None:
    """Raise `UnknownOption` if there is no option of this name."""
    known = (PRESET, *job_options.FIELD_TYPES, *_OTHERS)
    if name not in known:
        raise UnknownOption(f"there is no option {name!r}; known: {', '.join(known)}")


def check(options: Mapping[str, str]) -> None:
    """Raise `UnknownOption`, `InvalidOption` or `UnknownLanguage` as the farm would."""
    own = {name: value for name, value in options.items() if name not in _OTHERS}
    job_options.read(own, also_known=(*_OTHERS, PRESET))
    job_policy.read(options)
    job_labels.read(options)


def with_preset(options: Mapping[str, str]) -> dict[str, str]:
    """Return the options with `preset` under its name in the farm. Raises `InvalidOption`."""
    given = {name: value for name, value in options.items() if value}
    preset = given.pop(PRESET, None)
    if preset is not None and given.setdefault("model", preset) != preset:
        raise InvalidOption(f"preset: {preset} contradicts model={given['model']}; omit one")
    return given


def from_flags(preset: str | None, pairs: Iterable[str]) -> dict[str, str]:
    """Return the options for all recordings; `pairs` are NAME=VALUE. Raises like `check`.

    The lane is `bulk` unless it is given: many recordings must not hold up a caller that waits.
    """
    given: dict[str, str] = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator:
            raise InvalidOption(f"--option {pair}: give an option as NAME=VALUE")
        if given.setdefault(name, value) != value:
            raise InvalidOption(f"--option {name} is given twice")
    options = with_preset({**given, **({PRESET: preset} if preset else {})})
    check(options)
    return {"lane": Lane.BULK.value, **options}
