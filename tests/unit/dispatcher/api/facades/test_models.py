import pytest

from whisperfarm_contract.presets import PRESETS
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_dispatcher.api.facades.models import model_option, preset_name, read_aliases

SERVED = {name: PRESETS[name] for name in ("demo", "small")}
ALIASES = read_aliases(("whisper-1", "nova-2*=small", "nova*=demo"))


@pytest.mark.parametrize(
    ("model", "preset"),
    [
        ("small", "small"),
        ("whisper-1", "demo"),
        ("nova-2-phonecall", "small"),
        ("nova-3", "demo"),
        ("whisper-2", "whisper-2"),
    ],
)
def test_model_name_leads_to_its_preset(model: str, preset: str) -> None:
    assert preset_name(model, SERVED, ALIASES) == preset


@pytest.mark.parametrize(
    ("model", "option"),
    [
        ("whisper-1", {}),
        ("nova-3", {"model": "demo"}),
        ("demo", {"model": "demo"}),
        ("whisper-2", {"model": "whisper-2"}),
    ],
)
def test_alias_of_the_default_names_no_model(model: str, option: dict[str, str]) -> None:
    assert model_option(model, SERVED, ALIASES) == option


@pytest.mark.parametrize("entries", [("=small",), ("nova", "nova=small")])
def test_alias_without_a_name_of_its_own_is_rejected(entries: tuple[str, ...]) -> None:
    with pytest.raises(InvalidSettings, match="WHISPERFARM_MODEL_ALIASES"):
        read_aliases(entries)
