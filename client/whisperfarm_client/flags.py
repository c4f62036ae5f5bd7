"""The command line: the flags of the `whisper` command, and further ones for the farm.

Flags that only have an effect where the model runs are accepted and ignored, so that a command
line written for `whisper` works unchanged. `--help` lists them separately.
"""

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from typing import NoReturn

from whisperfarm_client import VERSION
from whisperfarm_client.arg_types import (
    boolean,
    duration_s,
    integer,
    is_boolean,
    limit,
    number,
    number_or,
    optional_integer,
    optional_number,
    parallel,
)
from whisperfarm_contract.problems import InvalidOption, UnknownFormat

WHISPER_FORMATS = ("txt", "vtt", "srt", "tsv", "json")
"""The formats that `all` means."""

FORMATS = (*WHISPER_FORMATS, "verbose_json", "ttml", "all")
"""The output formats of the contract, and `all`."""

IGNORED = (
    "model_dir", "device", "best_of", "carry_initial_prompt", "condition_on_previous_text",
    "fp16", "prepend_punctuations", "append_punctuations", "threads",
)  # fmt: skip
"""Flags of `whisper` that are accepted with any value and ignored."""

BARE = frozenset({"--no_cache", "--call"})
"""Boolean flags whose value may be omitted."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Raise `InvalidOption`, so that the failure is one line without the usage text."""
        raise InvalidOption(f"{message} (whisper-remote --help lists all flags)")


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Parse the command line; a flag that is not given is `None`.

    Raises `InvalidOption` or `UnknownFormat`.
    """
    parser = _Parser(
        prog="whisper-remote",
        usage="whisper-remote [flags] audio [audio ...]",
        description="Transcribe recordings like the whisper command, on a whisperfarm.",
        # The default width is that of the terminal, which takes an import of shutil per start.
        formatter_class=partial(argparse.HelpFormatter, width=100, max_help_position=32),
    )
    group = parser.add_argument_group
    parser.add_argument("audio", nargs="+", help="audio or video file(s) to transcribe")
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    _add_whisper(group("flags of the whisper command"))
    _add_subtitle_options(group("subtitles"))
    _add_recording(group("recording and speakers"))
    _add_call(group("several recordings of one call"))
    _add_connection(group("connection to the farm"))
    _add_policy(group("handling of the job"))
    _add_ignored(group("accepted and ignored, because they have no effect on a farm"))
    return parser.parse_args(_complete(argv))


def _complete(argv: Sequence[str]) -> list[str]:
    """Return the command line with a value for each flag in `BARE` that has none.

    argparse itself would take the recording after such a flag for its value.
    """
    end = argv.index("--") if "--" in argv else len(argv)
    following = [*argv[1:end], ""]
    flags = [
        f"{flag}=True" if flag in BARE and not is_boolean(value) else flag
        for flag, value in zip(argv[:end], following, strict=False)
    ]
    return [*flags, *argv[end:]]


def _add_whisper(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--model", help="preset or Whisper model (default: the farm's first preset)")
    add("--output_dir", "-o", default=".", metavar="DIR", help="output folder (default: .)")
    add(
        "--output_format",
        "-f",
        type=_output_format,
        default="all",
        metavar="FORMAT",
        help="txt, vtt, srt, tsv, json, verbose_json, ttml, or all: the first five (default: all)",
    )
    add("--verbose", type=boolean, help="print the segments (default: True on a terminal)")
    add("--task", choices=("transcribe", "translate"), help="translate: to English")
    add(
        "--language",
        help="language code or English name; auto: detected again while it changes (default:"
        " detected once per channel)",
    )
    add("--initial_prompt", metavar="TEXT", help="context for the speech model")
    add("--beam_size", type=optional_integer, metavar="N", help="hypotheses in the beam search")
    add("--patience", type=number, metavar="N", help="patience factor of the beam search")
    add("--length_penalty", type=number, metavar="N", help="length exponent of the beam search")
    _add_fallback(add)
    add("--word_timestamps", type=boolean, metavar="BOOL", help="True: align words in every preset")
    add(
        "--clip_timestamps",
        metavar="TIMES",
        help="start,end,start,end,... in seconds of the parts to transcribe (default: 0)",
    )


def _add_fallback(add: Callable[..., object]) -> None:
    """Add the flags of Whisper's tests of a decoded window. The word `None` turns a test off."""
    add("--temperature", type=number, metavar="N", help="sampling temperature (default: 0)")
    add(
        "--temperature_increment_on_fallback",
        type=number_or(0.0),
        metavar="N",
        help="temperature step for decoding a doubtful window again; None: never (default: 0.2)",
    )
    add(
        "--compression_ratio_threshold",
        type=number_or(100.0),
        metavar="N",
        help="a text that compresses better is repetitive (default: 2.4)",
    )
    add(
        "--logprob_threshold",
        type=number_or(-100.0),
        metavar="N",
        help="a text whose mean log probability is lower is improbable (default: -1.0)",
    )
    add(
        "--no_speech_threshold",
        type=number_or(1.0),
        metavar="N",
        help="an improbable text whose no-speech probability is higher is dropped (default: 0.6)",
    )
    add("--suppress_tokens", metavar="IDS", help="tokens that the text may not have (default: -1)")
    add(
        "--hallucination_silence_threshold",
        type=optional_number,
        metavar="S",
        help="seconds of silence beside which improbable words are dropped (default: None)",
    )


def _add_subtitle_options(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--highlight_words", type=boolean, metavar="BOOL", help="underline each word when spoken")
    add("--max_line_width", type=optional_integer, metavar="N", help="maximum characters per line")
    add(
        "--max_line_count",
        type=optional_integer,
        metavar="N",
        help="maximum lines per subtitle; requires --max_line_width",
    )
    add(
        "--max_words_per_line",
        type=optional_integer,
        metavar="N",
        help="maximum words per subtitle",
    )
    _add_cue_timing(add)
    add(
        "--speaker_labels", type=boolean, metavar="BOOL", help="write [SPEAKER_00]: before the text"
    )
    add(
        "--timecode",
        choices=("audio", "recording"),
        default="audio",
        help="count subtitles from the start of the audio, or by the time code of the recording",
    )


def _add_cue_timing(add: Callable[..., object]) -> None:
    """Add the limits on the times of subtitles; `None` and 0 mean no limit."""
    add(
        "--max_chars_per_second",
        type=limit(1, 100),
        metavar="N",
        help="reading speed: longer texts stay until the next subtitle, such as 17",
    )
    add(
        "--min_cue_duration_s",
        type=limit(0.1, 60),
        metavar="S",
        help="minimum seconds of a subtitle, if the next one leaves them",
    )
    add(
        "--max_cue_duration_s",
        type=limit(0.5, 600),
        metavar="S",
        help="maximum seconds of a subtitle; it is split between words",
    )
    add(
        "--min_cue_gap_s",
        type=limit(0, 10),
        metavar="S",
        help="minimum seconds between two subtitles; the first one ends earlier",
    )


def _add_recording(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--sample_rate", type=integer, metavar="HZ", help="sample rate, to correct a wrong header")
    add("--encoding", help="encoding of headerless audio: s16le, mulaw, alaw, g722, gsm, vox")
    add("--channels", help="mix, or speakers: one speaker per channel (default: mix)")
    add(
        "--channel_names",
        metavar="NAMES",
        help="names of the channels, such as agent,customer, with --channels speakers",
    )
    add(
        "--crosstalk",
        help="suppress, or keep: speech that is a copy of another channel (default: suppress)",
    )
    add(
        "--track",
        help="audio track, by number from 0 or by language (default: the first that is not silent)",
    )
    add("--quality", help="fast, standard or critical: models of the farm's profile, not --model")
    add("--noisy", type=boolean, metavar="BOOL", help="the recording is noisy: other models")
    add("--languages", metavar="LIST", help="spoken languages if they change, such as en,de")
    add("--hotwords", metavar="TEXT", help="words that the recording is likely to contain")
    add("--vocabulary", metavar="NAME", help="vocabulary on the farm, added to the hotwords")
    add("--diarize", type=boolean, metavar="BOOL", help="assign a speaker to each word")
    add("--name_speakers", type=boolean, metavar="BOOL", help="name those with enrolled voices")
    add("--keep_voices", type=boolean, metavar="BOOL", help="keep voices, so as to enrol them")
    add("--num_speakers", type=optional_integer, metavar="N", help="number of speakers, if known")
    add("--min_speakers", type=optional_integer, metavar="N", help="minimum number of speakers")
    add("--max_speakers", type=optional_integer, metavar="N", help="maximum number of speakers")
    add(
        "--silence_text", metavar="TEXT", help="text for a recording without speech (default: none)"
    )


def _add_call(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add(
        "--call",
        type=boolean,
        metavar="BOOL",
        help="the files are legs of one call, which becomes one job; no value: True",
    )
    add("--leg_offset_s", metavar="LIST", help="when each leg starts, such as 0,2.5 (default: 0)")
    add("--leg_name", metavar="LIST", help="names of the speakers, such as agent,customer")


def _add_connection(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--url", help="address of the farm (WHISPERFARM_URL, default: http://127.0.0.1:8000)")
    add(
        "--api-key-file",
        "--api_key_file",
        metavar="FILE",
        help="file with the API key (WHISPERFARM_API_KEY_FILE; the key: WHISPERFARM_API_KEY)",
    )
    add(
        "--timeout",
        type=duration_s,
        metavar="TIME",
        help="timeout per file, such as 10m; 0: none (WHISPERFARM_TIMEOUT, default: 24h)",
    )


def _add_policy(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add(
        "--parallel",
        type=parallel,
        metavar="N",
        help="jobs to have at once, if there are several files (WHISPERFARM_PARALLEL, default: 4)",
    )
    add(
        "--lane",
        metavar="LANE",
        help="live, standard or bulk: the farm starts live jobs first (WHISPERFARM_LANE)",
    )
    add(
        "--deadline",
        type=duration_s,
        metavar="TIME",
        help="the farm fails the job after this time, such as 10m (WHISPERFARM_DEADLINE)",
    )
    add(
        "--cancel_unless_polled",
        type=duration_s,
        metavar="TIME",
        help="the farm cancels the job if this command has been gone for this time; default: 2m;"
        " 0: never (WHISPERFARM_CANCEL_UNLESS_POLLED)",
    )
    add(
        "--no_cache",
        type=boolean,
        metavar="BOOL",
        help="do not reuse an earlier transcript (WHISPERFARM_CACHE=false); no value: True",
    )


def _add_ignored(group: argparse._ArgumentGroup) -> None:
    for name in IGNORED:
        group.add_argument(f"--{name}", metavar="VALUE")


def _output_format(text: str) -> str:
    if text.lower() not in FORMATS:
        raise UnknownFormat(
            f"there is no output format {text!r}; known: {', '.join(FORMATS)}"
            " (Word documents and vCon: whisperfarm jobs result JOB --format docx --output FILE)"
        )
    return text.lower()
