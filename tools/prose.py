"""Refuses words and phrases that the project does not use: `python tools/prose.py [PATH ...]`.

Reads comments, docstrings and other strings of Python files, Markdown outside of code, and all of
YAML, JSON, shell scripts and chart templates. Text in backticks is not checked. The words, their
replacements and the exceptions are in `prose.toml`. Exit code 1 if any is found. `--table` prints
the words as the Markdown table of CONTRIBUTING.md.
"""

import re
import sys
import tokenize
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parent.parent
RULES = Path(__file__).with_suffix(".toml")
CHECKED = (
    *("contract", "store", "models", "dispatcher", "worker", "client", "farm"),
    *("demo", "bench", "tests", "tools", "examples", "docs", "docker", "helm"),
    *("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "UPGRADING.md"),
    *("SECURITY.md", ".pre-commit-config.yaml"),
)
SUFFIXES = {".py", ".md", ".yaml", ".yml", ".json", ".sh", ".tpl", ".example"}
PROSE = {tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
_FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`[^`]*`")
_TARGET = re.compile(r"(?<=\])\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Word:
    """Forms to avoid, the pattern that finds them, and what to write instead."""

    avoid: tuple[str, ...]
    pattern: re.Pattern[str]
    write: str


@dataclass(frozen=True, slots=True)
class Rules:
    """The words, and the exceptions as pairs of a path pattern and the allowed forms."""

    words: tuple[Word, ...]
    exceptions: tuple[tuple[str, frozenset[str]], ...]

    def allows(self, path: str, found: str) -> bool:
        """Whether an exception allows this form in this file."""
        forms = {found.lower(), "*"}
        return any(fnmatch(path, glob) and forms & allowed for glob, allowed in self.exceptions)


def main(arguments: Sequence[str]) -> int:
    """Check the given files and folders, or the whole project. Returns the exit code."""
    rules = read_rules(RULES)
    if arguments == ["--table"]:
        print(table(rules))
        return 0
    paths = [Path(argument) for argument in arguments] or [ROOT / name for name in CHECKED]
    lines = [line for path in files(paths) for line in findings(path, rules)]
    print(*lines, sep="\n", end="\n" if lines else "")
    return 1 if lines else 0


def read_rules(path: Path) -> Rules:
    """Read the rules from a TOML file. Raises `KeyError` if an exception has no reason."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    words = tuple(
        Word(tuple(one["avoid"]), _pattern(one), one["write"]) for one in raw.get("words", ())
    )
    stated = [one for one in raw.get("exceptions", ()) if one["reason"]]
    return Rules(words, tuple((one["path"], frozenset(one["words"])) for one in stated))


def files(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the files with one of `SUFFIXES` among the paths and below them, in order."""
    for path in paths:
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (one for one in found if one.suffix in SUFFIXES and one.is_file())


def findings(path: Path, rules: Rules) -> Iterator[str]:
    """Yield one line per word to avoid: `file:line: word -> what to write instead`."""
    name = str(path.resolve().relative_to(ROOT)) if path.resolve().is_relative_to(ROOT) else path
    text = prose(path)
    hits = ((match, word) for word in rules.words for match in word.pattern.finditer(text))
    for match, word in sorted(hits, key=lambda hit: hit[0].start()):
        found = " ".join(match[0].replace("#", " ").split())
        if not rules.allows(str(name), found):
            line = text.count("\n", 0, match.start()) + 1
            yield f"{name}:{line}: {found} -> {word.write}"


def prose(path: Path) -> str:
    """Return the file's text with all but prose blanked, so that line numbers stay the same."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return _blank(_blank(_blank(text, _FENCED), _TARGET), _INLINE)
    if path.suffix == ".py":
        text = _strings_and_comments(path, text)
    return _blank(text, _INLINE)


def table(rules: Rules) -> str:
    """Return the words as a Markdown table."""
    rows = (f"| {', '.join(word.avoid)} | {word.write} |" for word in rules.words)
    return "\n".join(["| we do not write | we write |", "| --- | --- |", *rows])


def _pattern(word: dict[str, str]) -> re.Pattern[str]:
    forms = "|".join(re.escape(form).replace(r"\ ", r"[\s#]+") for form in word["avoid"])
    return re.compile(word.get("pattern") or rf"(?<![\w-])(?:{forms})(?![\w-])", re.IGNORECASE)


def _strings_and_comments(path: Path, text: str) -> str:
    source = text.splitlines(keepends=True)
    kept = [[c if c == "\n" else " " for c in line] for line in source]
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type in PROSE:
                _keep(kept, source, token)
    return "".join("".join(line) for line in kept)


def _keep(kept: list[list[str]], source: list[str], token: tokenize.TokenInfo) -> None:
    (first, start), (last, end) = token.start, token.end
    for number in range(first, last + 1):
        line = slice(start if number == first else 0, end if number == last else None)
        kept[number - 1][line] = source[number - 1][line]


def _blank(text: str, pattern: re.Pattern[str]) -> str:
    return pattern.sub(lambda match: re.sub(r"\S", " ", match[0]), text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
