"""The command line: every flag of the `whisper` command, and those of a farm.

Flags that only make sense where the model runs are taken and ignored, so that a command line
written for `whisper` works as it stands; `--help` lists them apart.
"""

import argparse
from collections.abc import Sequence
from functools import partial
from typing import NoReturn

from whisperfarm_client import VERSION
from whisperfarm_client.arg_types import duration_s, number, truth, whole, whole_or_none
from whisperfarm_contract.problems import FormatUnknown, OptionWrong

FORMATS = ("txt", "vtt", "srt", "tsv", "json", "verbose_json", "all")
"""What can be written: the formats of the contract, and `all`."""

IGNORED = (
    "model_dir", "device", "temperature", "best_of", "suppress_tokens", "carry_initial_prompt",
    "condition_on_previous_text", "fp16", "temperature_increment_on_fallback",
    "compression_ratio_threshold", "logprob_threshold", "no_speech_threshold",
    "prepend_punctuations", "append_punctuations", "threads", "clip_timestamps",
    "hallucination_silence_threshold",
)  # fmt: skip
"""Flags of `whisper` that are taken with any value and mean nothing on a farm."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line for every failure: no usage text in front of it."""
        raise OptionWrong(f"{message} (whisper-remote --help lists all flags)")


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The flags, or `OptionWrong` or `FormatUnknown`; a flag that was not given is `None`."""
    parser = _Parser(
        prog="whisper-remote",
        usage="whisper-remote [flags] audio [audio ...]",
        description="The whisper command, whose work is done by a whisperfarm.",
        # A width that is asked of the terminal costs an import of shutil per start.
        formatter_class=partial(argparse.HelpFormatter, width=100, max_help_position=32),
    )
    group = parser.add_argument_group
    parser.add_argument("audio", nargs="+", help="audio or video file(s) to transcribe")
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    _add_whisper(group("as in the whisper command"))
    _add_layout(group("layout of subtitles, as in the whisper command"))
    _add_recording(group("what the recording is"))
    _add_farm(group("the farm"))
    _add_terms(group("how the farm is to do it"))
    _add_ignored(group("accepted and ignored, because they mean nothing on a farm"))
    return parser.parse_args(argv)


def _add_whisper(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--model", help="preset or Whisper model; none: the farm's first")
    add("--output_dir", "-o", default=".", metavar="DIR", help="folder of the output files (.)")
    add(
        "--output_format",
        "-f",
        type=_output_format,
        default="all",
        metavar="FORMAT",
        help="txt, vtt, srt, tsv, json, verbose_json, or all: the first five (all)",
    )
    add("--verbose", type=truth, help="print the segments (True on a terminal)")
    add("--task", choices=("transcribe", "translate"), help="translate means: into English")
    add("--language", help="code or English name; none: detected")
    add("--initial_prompt", metavar="TEXT", help="text that the speech model sees first")
    add("--beam_size", type=whole_or_none, metavar="N", help="hypotheses kept while decoding")
    add("--patience", type=number, metavar="N", help="how long the beam search goes on")
    add("--length_penalty", type=number, metavar="N", help="what long hypotheses cost")
    add("--word_timestamps", type=truth, metavar="TRUTH", help="True: time words in any preset")


def _add_layout(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--highlight_words", type=truth, metavar="TRUTH", help="underline words as they are spoken")
    add("--max_line_width", type=whole_or_none, metavar="N", help="characters in a line")
    add("--max_line_count", type=whole_or_none, metavar="N", help="lines; needs --max_line_width")
    add("--max_words_per_line", type=whole_or_none, metavar="N", help="words in a subtitle")
    add("--speaker_labels", type=truth, metavar="TRUTH", help="put [SPEAKER_00]: before the text")


def _add_recording(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--sample_rate", type=whole, metavar="HZ", help="true rate, where the header is wrong")
    add("--encoding", help="of headerless audio: s16le, mulaw, alaw")
    add("--channels", help="mix, or speakers: one speaker per channel")
    add("--diarize", type=truth, metavar="TRUTH", help="tell speakers apart")
    add("--num_speakers", type=whole_or_none, metavar="N", help="how many there are, when known")
    add("--min_speakers", type=whole_or_none, metavar="N", help="at least so many")
    add("--max_speakers", type=whole_or_none, metavar="N", help="at most so many")
    add("--silence_text", metavar="TEXT", help="what to write when nothing was said (nothing)")


def _add_farm(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--url", help="where the farm is (WHISPERFARM_URL, or http://127.0.0.1:8000)")
    add(
        "--api-key-file",
        "--api_key_file",
        metavar="FILE",
        help="file with the key (WHISPERFARM_API_KEY_FILE; the key itself: WHISPERFARM_API_KEY)",
    )
    add(
        "--timeout",
        type=duration_s,
        metavar="TIME",
        help="longest time for one file, such as 10m; 0: no end (WHISPERFARM_TIMEOUT, or 24h)",
    )


def _add_terms(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add(
        "--deadline",
        type=duration_s,
        metavar="TIME",
        help="the job fails unless it has ended in time, such as 10m (WHISPERFARM_DEADLINE)",
    )
    add(
        "--no_cache",
        action="store_true",
        help="transcribe again what was transcribed before (WHISPERFARM_CACHE=false)",
    )


def _add_ignored(group: argparse._ArgumentGroup) -> None:
    for name in IGNORED:
        group.add_argument(f"--{name}", metavar="VALUE")


def _output_format(text: str) -> str:
    if text.lower() not in FORMATS:
        raise FormatUnknown(f"no output format is called {text!r}; known: {', '.join(FORMATS)}")
    return text.lower()
