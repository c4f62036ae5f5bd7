"""Translates the parameters about channels."""

from collections.abc import Mapping

from whisperfarm_contract.field_types import Integer
from whisperfarm_contract.problems import InvalidOption
from whisperfarm_dispatcher.api.facades.deepgram.merging import merged
from whisperfarm_dispatcher.api.facades.deepgram.parameters import Parameters

CHANNELS = Integer(1, 16)


def options(query: Parameters) -> tuple[Mapping[str, str], int]:
    """Return the option `channels`, and the number of channels of headerless audio.

    The parameter is a number in Deepgram's API, and a word in that of the farm.
    """
    multichannel = query.flag("multichannel")
    value = query.text("channels") or ""
    by_flag: Mapping[str, str] = {"channels": "speakers"} if multichannel else {}
    if value.isalpha():
        return merged(by_flag, {"channels": value}), 1
    return by_flag, _read_channels(value) if value else 1


def _read_channels(value: str) -> int:
    try:
        return int(CHANNELS.read(value))
    except ValueError as error:
        raise InvalidOption(f"channels: {error}") from None
