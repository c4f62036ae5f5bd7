"""The settings that follow from a profile, and its keys that have no effect."""

from collections.abc import Iterator
from typing import Any

from whisperfarm_store.profiles.document import Profile

_WITHOUT_EFFECT = {
    "resources.gpu_memory_limit": (
        "the libraries have no such limit; bound the memory by resources.batch_size and by the"
        " choice of models"
    ),
    "optimization.use_flash_attention": ("the published builds of CTranslate2 are without it"),
    "optimization.model_pruning": "the models are used as they were published",
}
_ALWAYS = {
    "optimization.vad_preprocessing": "voice activity detection always precedes transcription",
    "optimization.cache_models": "a worker loads each model once",
}


def settings_of(profile: Profile) -> dict[str, Any]:
    """Return the values of settings that the operator has not set otherwise."""
    resources, optimization = profile.resources, profile.optimization
    values = {
        "batch_size": resources.batch_size,
        "concurrency": resources.parallel_streams,
        "threads": resources.cpu_threads,
        "compute_type": "int8" if optimization.int8_quantization else None,
    }
    return {name: value for name, value in values.items() if value is not None}


def notes(profile: Profile) -> Iterator[str]:
    """Yield a sentence for each key that has no effect here."""
    if profile.engines.streaming is not None:
        yield (
            f"engines.streaming: {profile.engines.streaming} is not used: live transcription does"
            " not exist yet"
        )
    for key, reason in _WITHOUT_EFFECT.items():
        if _value(profile, key):
            yield f"{key} has no effect: {reason}"
    for key, reason in _ALWAYS.items():
        if _value(profile, key) is False:
            yield f"{key}: false has no effect: {reason}"
    if profile.optimization.fp16_precision:
        yield "optimization.fp16_precision has an effect on GPUs only, where it is the default"


def _value(profile: Profile, key: str) -> Any:
    section, _, name = key.partition(".")
    return getattr(getattr(profile, section), name)
