"""The settings of one run: flags take precedence over the environment, then the defaults.

Named tuples instead of dataclasses, whose import takes longer than the rest of the start.
"""

from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from whisperfarm_client import address, api_key
from whisperfarm_client.address import Address
from whisperfarm_client.api_key import KeyFile
from whisperfarm_client.arg_types import (
    boolean,
    duration_s,
    integer,
    parallel,
    siprec_timeout_s,
)
from whisperfarm_client.tls import NO_FILES, TlsFiles
from whisperfarm_contract.problems import InvalidSettings

if TYPE_CHECKING:  # few runs are for a call
    from whisperfarm_client.call import Call

VARIABLES: Mapping[str, Callable[[str], Any]] = {
    "WHISPERFARM_URL": str,
    "WHISPERFARM_API_KEY": str,
    "WHISPERFARM_API_KEY_FILE": str,
    "WHISPERFARM_CA_FILE": str,
    "WHISPERFARM_CLIENT_CERT": str,
    "WHISPERFARM_CLIENT_KEY": str,
    "WHISPERFARM_TIMEOUT": duration_s,
    "WHISPERFARM_CONNECT_TIMEOUT": duration_s,
    "WHISPERFARM_PARALLEL": parallel,
    "WHISPER_TIMEOUT": siprec_timeout_s,
    "WHISPERFARM_SAMPLE_RATE": integer,
    "WHISPERFARM_ENCODING": str,
    "WHISPERFARM_CHANNELS": str,
    "WHISPERFARM_CHANNEL_NAMES": str,
    "WHISPERFARM_CROSSTALK": str,
    "WHISPERFARM_HOTWORDS": str,
    "WHISPERFARM_VOCABULARY": str,
    "WHISPERFARM_TRACK": str,
    "WHISPERFARM_LANGUAGES": str,
    "WHISPERFARM_DIARIZE": boolean,
    "WHISPERFARM_NAME_SPEAKERS": boolean,
    "WHISPERFARM_KEEP_VOICES": boolean,
    "WHISPERFARM_SILENCE_TEXT": str,
    "WHISPERFARM_LANE": str,
    "WHISPERFARM_DEADLINE": duration_s,
    "WHISPERFARM_CANCEL_UNLESS_POLLED": duration_s,
    "WHISPERFARM_CACHE": boolean,
    "WHISPERFARM_SPEAKER_LABELS": boolean,
}
"""The environment variables and their parsers; docs/reference/whisper-remote.md explains them."""

DEFAULT_URL = "http://127.0.0.1:8000"
DEFAULT_TIMEOUT_S = 24 * 3600.0
DEFAULT_LANE = "live"
"""Someone waits for what the command writes."""
DEFAULT_CANCEL_UNLESS_POLLED_S = 120.0
"""Longer than a request takes to fail on a broken connection, after which it is sent again."""
DEFAULT_CONNECT_TIMEOUT_S = 30.0
DEFAULT_PARALLEL = 4
"""Enough to keep a farm with a few workers busy, and few enough for its callers that wait."""

_OPTIONS = (
    "model", "quality", "noisy",
    "task", "language", "languages", "initial_prompt", "hotwords", "vocabulary",
    "beam_size", "patience", "length_penalty",
    "temperature", "temperature_increment_on_fallback", "compression_ratio_threshold",
    "logprob_threshold", "no_speech_threshold", "suppress_tokens",
    "hallucination_silence_threshold", "clip_timestamps",
    "diarize", "name_speakers", "keep_voices", "num_speakers", "min_speakers", "max_speakers",
    "channels", "channel_names", "crosstalk", "track", "encoding", "sample_rate",
)  # fmt: skip
"""The flags that are options of the job under the same name."""

_SUBTITLE_OPTIONS = (
    "highlight_words", "max_line_width", "max_line_count", "max_words_per_line",
    "max_chars_per_second", "min_cue_duration_s", "max_cue_duration_s", "min_cue_gap_s",
)  # fmt: skip


_CONNECTION = (
    "WHISPERFARM_URL", "WHISPERFARM_API_KEY", "WHISPERFARM_API_KEY_FILE", "WHISPERFARM_CA_FILE",
    "WHISPERFARM_CLIENT_CERT", "WHISPERFARM_CLIENT_KEY",
)  # fmt: skip


class Connection(NamedTuple):
    """Where the farm is, and what its requests need."""

    address: Address
    key: str | KeyFile | None
    tls: TlsFiles


class Settings(NamedTuple):
    """The settings. `deadline_s` is the process age at which the caller kills this process.

    At most `parallel` jobs are at the farm at once. With `call`, all recordings are one job.
    """

    audio: Sequence[str]
    output_dir: str
    output_format: str
    verbose: bool | None
    address: Address
    key: str | KeyFile | None
    tls: TlsFiles
    timeout_s: float | None
    deadline_s: float | None
    connect_timeout_s: float
    parallel: int
    call: "Call | None"
    options: Mapping[str, str]
    subtitle_options: Mapping[str, Any]
    silence_text: str | None


def read(flags: Namespace, environ: Mapping[str, str]) -> Settings:
    """Read the settings. Raises `InvalidSettings` with the name of the variable."""
    from_environment = {name: _variable(name, environ) for name in VARIABLES}
    from_flags = vars(flags)

    def choose(name: str, default: Any = None) -> Any:
        values = (
            from_flags.get(name),
            from_environment.get(f"WHISPERFARM_{name.upper()}"),
            default,
        )
        return next((value for value in values if value is not None), None)

    return Settings(
        audio=flags.audio,
        output_dir=flags.output_dir,
        output_format=flags.output_format,
        verbose=flags.verbose,
        **connection(environ, url=flags.url, key_file=flags.api_key_file)._asdict(),
        timeout_s=choose("timeout", DEFAULT_TIMEOUT_S) or None,
        deadline_s=from_environment["WHISPER_TIMEOUT"] or None,
        connect_timeout_s=choose("connect_timeout", DEFAULT_CONNECT_TIMEOUT_S),
        parallel=choose("parallel", DEFAULT_PARALLEL),
        call=_call(flags),
        options={
            **_options({name: choose(name) for name in _OPTIONS}, flags),
            **_policy(
                lane=choose("lane", DEFAULT_LANE),
                deadline_s=choose("deadline"),
                cancel_unless_polled_s=choose(
                    "cancel_unless_polled", DEFAULT_CANCEL_UNLESS_POLLED_S
                ),
                cache=choose("cache", True) if flags.no_cache is None else not flags.no_cache,
            ),
        },
        # `whisper` takes 0 as no limit.
        subtitle_options={
            **{name: from_flags[name] or None for name in _SUBTITLE_OPTIONS},
            "highlight_words": bool(flags.highlight_words),
            "speaker_labels": bool(choose("speaker_labels")),
            "timecode": flags.timecode,
        },
        silence_text=choose("silence_text"),
    )


def _call(flags: Namespace) -> "Call | None":
    if flags.call or flags.leg_offset_s or flags.leg_name:
        from whisperfarm_client import call

        return call.read(flags)
    return None


def connection(
    environ: Mapping[str, str],
    *,
    url: str | None = None,
    key: str | None = None,
    key_file: str | None = None,
    tls: TlsFiles = NO_FILES,
) -> Connection:
    """Return the connection; what is `None` is read from the environment.

    Raises `InvalidSettings`.
    """
    variables = {name: _variable(name, environ) for name in _CONNECTION}
    if url is None:
        url = variables["WHISPERFARM_URL"] or DEFAULT_URL
    return Connection(
        address.parse(url),
        _read_key(key_file, variables) if key is None else api_key.check(key, "the API key"),
        _tls_files(tls, variables),
    )


def _tls_files(given: TlsFiles, variables: Mapping[str, Any]) -> TlsFiles:
    """Return the files. A certificate that is given does not go with a key of the environment."""
    ca_file = given.ca_file or variables["WHISPERFARM_CA_FILE"]
    if given.client_cert:
        return given._replace(ca_file=ca_file)
    own = (variables["WHISPERFARM_CLIENT_CERT"], variables["WHISPERFARM_CLIENT_KEY"])
    return TlsFiles(ca_file, *own)


def _variable(name: str, environ: Mapping[str, str]) -> Any:
    text = environ.get(name, "").strip()
    if not text:
        return None
    try:
        return VARIABLES[name](text)
    except ArgumentTypeError as error:
        raise InvalidSettings(f"{name}: {error}") from None


def _options(values: Mapping[str, Any], flags: Namespace) -> dict[str, str]:
    if flags.word_timestamps:
        values = {**values, "align": True}
    return {name: str(value) for name, value in values.items() if value not in (None, "")}


def _policy(
    *, lane: str, cache: bool, deadline_s: float | None, cancel_unless_polled_s: float
) -> dict[str, str]:
    limits_s = {"deadline_s": deadline_s, "cancel_unless_polled_s": cancel_unless_polled_s}
    policy = {"lane": lane, **{name: f"{limit:g}" for name, limit in limits_s.items() if limit}}
    return policy if cache else {**policy, "cache": "false"}


def _read_key(path: str | None, from_environment: Mapping[str, Any]) -> str | KeyFile | None:
    """Return the API key from the flag's file, else the variable, else the variable's file."""
    if path is None and from_environment["WHISPERFARM_API_KEY"] is not None:
        return api_key.check(from_environment["WHISPERFARM_API_KEY"], "WHISPERFARM_API_KEY")
    path = path or from_environment["WHISPERFARM_API_KEY_FILE"]
    return None if path is None else KeyFile(path)
