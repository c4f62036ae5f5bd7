"""A wrong profile is refused with the file, the key and what to do."""

from pathlib import Path

import pytest

from tests.support.project import ROOT
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.profiles.reading import read_profile
from whisperfarm_store.settings import StoreSettings

EXAMPLES = sorted((ROOT / "examples/profiles").glob("*.yaml"))

OK = "engines: {primary: whisper_tiny}\n"

WRONG = [
    ("", "", "it is not a mapping; write sections"),
    ("- engines", "", "it is not a mapping; write sections"),
    ("engines", "", "it is not a mapping; write sections"),
    ("engines: [", "", "not valid YAML.*correct it"),
    ("engines: {primary: 'a}", "", "not valid YAML.*correct it"),
    ("\tengines: x", "", "not valid YAML.*correct it"),
    ("engines: &a {primary: whisper_tiny}\ndiarization: *a", "", "an alias.*write the value again"),
    (f"{OK}engines: {{primary: turbo}}", "", "'engines' is given twice; remove one"),
    ("engines: {primary: tiny, primary: base}", "", "'primary' is given twice; remove one"),
    ("engines: !!python/object/apply:os.system [id]", "", "not valid YAML"),
    ("? [a, b]\n: 1", "", "not valid YAML"),
    ("#" * 70_000, "", "more than 65536 bytes; shorten it"),
    ("\0", "", "not valid YAML"),
    ("resources: {cpu_threads: 4}", "engines", "is missing; add it"),
    ("engines: {fallback: whisper_tiny}", "engines.primary", "is missing; add it"),
    ("engines: whisper_tiny", "engines", "write keys below it"),
    ("engines: {primary: 3}", "engines.primary", "write a name"),
    ("engines: {primary: null}", "engines.primary", "write a name"),
    ("engines: {primary: ''}", "engines.primary", "correct the value"),
    ("engine: {primary: whisper_tiny}", "engine", "did you mean engines"),
    (f"{OK}resources:", "resources", "wrong.yaml, resources: it has no keys; write keys below it"),
    (f"{OK}optimisation: {{}}", "optimisation", "no such key; did you mean optimization"),
    ("engines: {primary: whisper_tiny, falback: x}", "engines.falback", "did you mean fallback"),
    (f"{OK}diarization: {{quick: pyannote}}", "diarization.quick", "no such key; did you mean"),
    (f"{OK}resources: {{batchsize: 4}}", "resources.batchsize", "did you mean batch_size"),
    (f"{OK}resources: {{batch_size: 0}}", "resources.batch_size", "greater than or equal to 1"),
    (f"{OK}resources: {{batch_size: '4'}}", "resources.batch_size", "write a whole number"),
    (f"{OK}resources: {{cpu_threads: true}}", "resources.cpu_threads", "write a whole number"),
    (f"{OK}resources: {{parallel_streams: 999}}", "resources.parallel_streams", "less than"),
    (f"{OK}resources: {{gpu_memory_limit: 40}}", "resources.gpu_memory_limit", "such as 40GB"),
    (f"{OK}resources: {{gpu_memory_limit: lots}}", "resources.gpu_memory_limit", "such as 40GB"),
    (f"{OK}resources: {{batch_size_auto: true, batch_size: 4}}", "resources", "remove one of the"),
    (f"{OK}optimization: {{model_pruning: maybe}}", "optimization.model_pruning", "true or false"),
    (
        f"{OK}optimization: {{fp16_precision: true, int8_quantization: true}}",
        "optimization",
        "set one of them to false",
    ),
]  # fmt: skip

UNKNOWN_NAMES = [
    ("engines: {primary: wisper_tiny}", "engines.primary", "did you mean whisper_tiny?"),
    ("engines: {primary: whisper_larg_v3}", "engines.primary", "did you mean whisper_large_v3?"),
    ("engines: {primary: demo_word}", "engines.primary", "did you mean demo-words?"),
    (f"{OK}diarization: {{fast: ../../etc/x}}", "diarization.fast", "there is no '../../etc/x'"),
    (f"{OK}diarization: {{fast: /etc/x}}", "diarization.fast", "there is no '/etc/x'"),
    ("engines: {primary: whisper_tiny, critical: gpt}", "engines.critical", "did you mean"),
    (f"{OK}diarization: {{fast: falcon}}", "diarization.fast", "did you mean picovoice_falcon?"),
    ("engines: {primary: nvidia_canary_qwen_2.5b}", "engines.primary", "add engines.fallback"),
    ("engines: {primary: kyutai_2.6b}", "engines.primary", "add engines.fallback"),
]


def _file(folder: Path, text: str) -> Path:
    path = folder / "wrong.yaml"
    path.write_text(text)
    return path


def _assert_says(detail: str, path: Path, key: str) -> None:
    where = f"{path}, {key}: " if key else f"{path}: "
    assert detail.startswith(f"WHISPERFARM_PROFILE: {where}")
    assert len(detail) < 600


@pytest.mark.parametrize(("text", "key", "cure"), WRONG)
def test_wrong_profile_names_file_key_and_cure(
    tmp_path: Path, text: str, key: str, cure: str
) -> None:
    path = _file(tmp_path, text)
    with pytest.raises(InvalidSettings, match=cure) as raised:
        read_profile(path)
    _assert_says(raised.value.detail, path, key)


@pytest.mark.parametrize(("text", "key", "cure"), UNKNOWN_NAMES)
def test_name_that_cannot_be_had_names_file_key_and_cure(
    tmp_path: Path, text: str, key: str, cure: str
) -> None:
    path = _file(tmp_path, text)
    with pytest.raises(InvalidSettings, match=cure) as raised:
        StoreSettings(profile=path)
    _assert_says(raised.value.detail, path, key)


@pytest.mark.parametrize("path", [Path("/nowhere/profile.yaml"), ROOT])
def test_file_that_cannot_be_read_is_named(path: Path) -> None:
    with pytest.raises(InvalidSettings, match="name an existing file") as raised:
        StoreSettings(profile=path)
    _assert_says(raised.value.detail, path, "")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_are_accepted(path: Path) -> None:
    assert read_profile(path).engines.primary
    assert StoreSettings(profile=path).presets[0] == "profile-standard"
