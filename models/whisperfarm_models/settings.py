"""Settings of the models: where they are, and where they are pulled from."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, Field, field_validator
from pydantic_settings import NoDecode

from whisperfarm_contract.languages import code_of
from whisperfarm_store.settings import StoreSettings


class ModelSettings(StoreSettings):
    """Settings of the models, read by workers and by `whisperfarm models`."""

    models_dir: Path | None = Field(
        default=None, description="Folder of models; none: `models` in the data folder."
    )
    engine: Literal["auto", "whisperx", "faster-whisper"] = Field(
        default="auto",
        description=(
            "What runs the models; `auto`: `whisperx` where it is installed,"
            " else `faster-whisper`, which tells no speakers apart."
        ),
    )
    models_from: str = Field(
        default="hub",
        min_length=1,
        description="Where models are pulled from: `hub`, `s3://bucket/prefix` or a folder.",
    )
    models_hub_url: str = Field(
        default="https://huggingface.co",
        pattern=r"^https?://",
        validation_alias=AliasChoices("WHISPERFARM_MODELS_HUB_URL", "HF_ENDPOINT"),
        description="A hub with Hugging Face's HTTP API; its token is `HF_TOKEN`.",
    )
    models_torch_url: str = Field(
        default="https://download.pytorch.org/torchaudio/models",
        pattern=r"^https?://",
        description="Where torchaudio's aligners are, by file name.",
    )
    models_nltk_url: str = Field(
        default="https://raw.githubusercontent.com/nltk/nltk_data",
        pattern=r"^https?://",
        description="Where NLTK's data is, by commit.",
    )
    models_languages: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("en",),
        description="Languages whose aligners are pulled for presets of all languages.",
    )
    models_pull_at_start: bool = Field(
        default=False, description="Whether a starting worker first pulls what it lacks."
    )
    models_at_once: int = Field(
        default=4, ge=1, le=64, description="How many files are pulled at once."
    )

    @field_validator("models_languages", mode="before")
    @classmethod
    def _codes(cls, raw: object) -> object:
        if not isinstance(raw, str):
            return raw
        return tuple(code_of(one) for one in raw.split(",") if one.strip())

    @field_validator("models_dir")
    @classmethod
    def _expand(cls, path: Path | None) -> Path | None:
        return None if path is None else path.expanduser().absolute()

    @property
    def models_path(self) -> Path:
        """Where the operator's models are."""
        return self.models_dir or self.data_dir / "models"
