"""Settings of the models: their folder, engine and source."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, Field, field_validator
from pydantic_settings import NoDecode

from whisperfarm_contract.languages import code_of
from whisperfarm_contract.presets import Preset, with_custom
from whisperfarm_models.engine_spec import resolve
from whisperfarm_models.installed import InstalledModels, demo_models
from whisperfarm_models.search_path import model_paths
from whisperfarm_store.profiles.presets import preset_names_of_engines, presets_of
from whisperfarm_store.settings import StoreSettings


class ModelSettings(StoreSettings):
    """Settings of the models, read by workers and by `whisperfarm models`."""

    models_dir: Path | None = Field(
        default=None, description="Models folder; none: `models` in the data folder."
    )
    models_inventory: Path | None = Field(
        default=None,
        description=(
            "TOML file with further models and their digests, in the format of `inventory.toml`."
        ),
    )
    engine: Literal["auto", "whisperx", "faster-whisper"] = Field(
        default="auto",
        description=(
            "Engine that runs the models. `auto`: `whisperx` if it is installed, else"
            " `faster-whisper`, which cannot diarize."
        ),
    )
    models_from: str = Field(
        default="hub",
        min_length=1,
        description="Source of models to pull: `hub`, `s3://bucket/prefix` or a folder.",
    )
    models_hub_url: str = Field(
        default="https://huggingface.co",
        pattern=r"^https?://",
        validation_alias=AliasChoices("WHISPERFARM_MODELS_HUB_URL", "HF_ENDPOINT"),
        description="URL of a hub with Hugging Face's HTTP API; set its token in `HF_TOKEN`.",
    )
    models_torch_url: str = Field(
        default="https://download.pytorch.org/torchaudio/models",
        pattern=r"^https?://",
        description="URL below which torchaudio's aligners are, by file name.",
    )
    models_nltk_url: str = Field(
        default="https://raw.githubusercontent.com/nltk/nltk_data",
        pattern=r"^https?://",
        description="URL below which NLTK's data is, by commit.",
    )
    models_languages: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("en",),
        description=(
            "Languages whose aligners are pulled for presets of all languages, comma separated."
        ),
    )
    models_pull_at_start: bool = Field(
        default=False, description="Whether a worker pulls missing models when it starts."
    )
    models_pull_concurrency: int = Field(
        default=4, ge=1, le=64, description="Number of files that are pulled concurrently."
    )

    @field_validator("models_languages", mode="before")
    @classmethod
    def _codes(cls, raw: object) -> object:
        if not isinstance(raw, str):
            return raw
        return tuple(code_of(one) for one in raw.split(",") if one.strip())

    @field_validator("models_dir", "models_inventory")
    @classmethod
    def _expand(cls, path: Path | None) -> Path | None:
        return None if path is None else path.expanduser().absolute()

    def served_presets(self) -> Mapping[str, Preset]:
        """Return the served presets. Those of a profile have models that this machine has."""
        planned = self.planned_presets()
        profile = self.read_profile()
        if self.profile is None or profile is None:
            return planned
        known = with_custom(self.presets_file)
        paths = model_paths(self.models_path, demo_models(), own_inventory=self.models_inventory)
        machine = InstalledModels(paths, resolve(self.engine), known)
        installed = presets_of(
            self.profile,
            profile,
            known,
            engine_problem=machine.engine_problem,
            diarizer_problem=machine.diarizer_problem,
        )
        return {name: installed.get(name, preset) for name, preset in planned.items()}

    def wanted_presets(self) -> Mapping[str, Preset]:
        """Return the presets whose models a pull fetches: the planned ones, and those of all
        engines of the profile, which are what it falls back to."""
        profile = self.read_profile()
        if profile is None:
            return self.planned_presets()
        known = with_custom(self.presets_file)
        names = preset_names_of_engines(profile, known)
        return {**self.planned_presets(), **{name: known[name] for name in names}}

    @property
    def models_path(self) -> Path:
        """The operator's models folder."""
        return self.models_dir or self.data_dir / "models"
