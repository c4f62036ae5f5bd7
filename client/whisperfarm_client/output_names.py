"""Names of the output files, and the checks that happen before anything is sent."""

import os
import stat
from collections.abc import Iterable, Sequence
from functools import cache

from whisperfarm_client.errors import OutputNotWritable
from whisperfarm_client.flags import WHISPER_FORMATS
from whisperfarm_contract.problems import InvalidOption


def stem(path: str) -> str:
    """Return the base name of a recording's output files, as `whisper` forms it."""
    return os.path.splitext(os.path.basename(path))[0]


def output_path(path: str, output_dir: str, extension: str) -> str:
    """Return the path of one output file of a recording."""
    return os.path.join(output_dir, f"{stem(path)}.{extension}")


def output_paths(path: str, output_dir: str, output_format: str) -> list[str]:
    """Return the paths of all output files of a recording. Extensions are names of formats."""
    extensions = WHISPER_FORMATS if output_format == "all" else (output_format,)
    return [output_path(path, output_dir, extension) for extension in extensions]


def check_distinct(
    audio: Sequence[str], output_dir: str, output_format: str, *, recordings: Sequence[str]
) -> None:
    """Raise `InvalidOption` if an output would replace another output or one of `recordings`.

    The outputs are those of `audio`.

    Names that differ only in case count as the same: many file systems do not keep them apart.
    """
    inputs = {_key(path): path for path in recordings}
    owners: dict[str, int] = {}
    for number, path in enumerate(audio):
        for output in output_paths(path, output_dir, output_format):
            key = _key(output)
            owner = owners.setdefault(key, number)
            if owner != number:
                raise _same_output(audio[owner], path, output)
            if key in inputs:
                raise _replaces_recording(path, output, inputs[key])


def check_writable(paths: Iterable[str]) -> None:
    """Raise `OutputNotWritable` if the file system rejects a name, or a folder has it."""
    for path in paths:
        try:
            is_folder = stat.S_ISDIR(os.lstat(path).st_mode)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise OutputNotWritable(f"{path} cannot be written: {error.strerror}") from error
        if is_folder:
            raise OutputNotWritable(f"{path} cannot be written: it is a folder")


def _same_output(path: str, other: str, output: str) -> InvalidOption:
    return InvalidOption(
        f"{path} and {other} have the same output file {output};"
        " give each recording once, or transcribe them into different folders (--output_dir)"
    )


def _replaces_recording(path: str, output: str, recording: str) -> InvalidOption:
    return InvalidOption(
        f"the output file {output} of {path} would replace the recording {recording};"
        " choose another folder (--output_dir)"
    )


def _key(path: str) -> str:
    """Return a key that is equal for two names of one file. A link counts as a separate file."""
    folder, name = os.path.split(path)
    return os.path.join(_resolve(folder), fold(name))


@cache
def _resolve(folder: str) -> str:
    return os.path.realpath(folder)


def fold(name: str) -> str:
    """Return a name that is equal for names that some file systems do not keep apart."""
    if name.isascii():
        return name.casefold()
    import unicodedata

    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
