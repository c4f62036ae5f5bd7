"""The fields of LinTO's `/transcribe`, beside those of the farm's own."""

from collections.abc import Mapping
from types import MappingProxyType

from whisperfarm_contract.field_types import Boolean
from whisperfarm_dispatcher.api.facades.fields import never_true, typed
from whisperfarm_dispatcher.api.facades.linto import transcription_config
from whisperfarm_dispatcher.api.upload.form_fields import FieldReader, FieldTranslator

_MEMBERS: Mapping[str, str] = MappingProxyType(
    {f"transcriptionConfig.{name}": effect for name, effect in transcription_config.EFFECTS.items()}
)

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "any file": "the recording; a second file, such as `timestamps`, is refused",
        **_MEMBERS,
        "force_sync": "`true`: wait for the job, and answer with the transcript",
        "return_raw": "refused, unless it is false: the models write punctuation themselves",
        "convert_numbers": "refused, unless it is false: the models write digits themselves",
        "wordsub": "refused: the farm does not replace words",
    }
)
"""The effect of each field of `/transcribe` and of each parameter of `/results/{id}`."""

READERS: Mapping[str, FieldReader] = MappingProxyType(
    {"force_sync": typed("force_sync", Boolean())}
)

TRANSLATORS: Mapping[str, FieldTranslator] = MappingProxyType(
    {"transcriptionConfig": transcription_config.options}
)

RESULT_READERS: Mapping[str, FieldReader] = MappingProxyType(
    {
        "return_raw": never_true("return_raw", "the models write punctuation themselves"),
        "convert_numbers": never_true("convert_numbers", "the models write digits themselves"),
    }
)
"""Readers of the parameters of `/results/{id}`."""
