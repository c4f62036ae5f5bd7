from whisperfarm_client import flags, output_names
from whisperfarm_contract import formats


def test_stem_equals_that_of_whisper() -> None:
    assert output_names.stem("rec/call.2026.wav") == "call.2026"


def test_extensions_are_the_names_of_the_formats() -> None:
    assert {name: one.extension for name, one in formats.FORMATS.items()} == {
        name: name for name in formats.FORMATS
    }
    assert flags.WHISPER_FORMATS == formats.WHISPER_FORMATS


def test_output_paths_of_all_are_those_of_whisper() -> None:
    assert output_names.output_paths("a/call.wav", "out", "all") == [
        f"out/call.{name}" for name in formats.WHISPER_FORMATS
    ]
