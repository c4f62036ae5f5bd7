"""The effects that the documentation lists are those of the fields that the code reads."""

from whisperfarm_contract import options
from whisperfarm_dispatcher.api.facades.asr_webservice import fields as asr_webservice
from whisperfarm_dispatcher.api.facades.linto import fields as linto
from whisperfarm_dispatcher.api.facades.linto import transcription_config
from whisperfarm_dispatcher.api.facades.openai import fields as openai

OWN = options.FIELD_TYPES.keys() | {"filename"}


def test_effects_of_whisper_asr_webservice_are_those_of_its_fields() -> None:
    read = asr_webservice.READERS.keys() | asr_webservice.TRANSLATORS.keys()
    listed = asr_webservice.FIELDS.keys() - asr_webservice.AUDIO_PARTS
    assert read - OWN == listed - OWN


def test_effects_of_openai_are_those_of_its_fields() -> None:
    assert openai.ANSWER_FIELDS.keys() <= openai.FIELDS.keys()


def test_effects_of_linto_are_those_of_its_fields() -> None:
    read = linto.READERS.keys() | linto.TRANSLATORS.keys() | linto.RESULT_READERS.keys()
    listed = {name.partition(".")[0] for name in linto.FIELDS}
    assert listed == read | {"any file", "wordsub"}


def test_each_type_of_a_member_has_an_effect() -> None:
    untyped = transcription_config.EFFECTS.keys() - transcription_config.TYPES.keys()
    assert all(transcription_config.EFFECTS[name].startswith("refused") for name in untyped)
    assert transcription_config.TYPES.keys() <= transcription_config.EFFECTS.keys()
