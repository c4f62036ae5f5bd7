"""A row of the tables: a file, how it is made, and what the farm answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.media.corpus.speech import ONE, Spoken


@dataclass(frozen=True, kw_only=True)
class Case:
    """A file, the options of its job, and the expected transcript or problem.

    - `make(case, path)` writes the file
    - `spoken`: the sentences of the transcript, with their times in it
    - `warnings`: words of each warning, in order
    - `problem`: the name of the problem if the file or its options are rejected
    - `speakers`: the number of speakers; without it, speakers are not looked for
    """

    name: str
    file: str
    make: "Make"
    spoken: tuple[Spoken, ...] = ONE
    options: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    problem: str = ""
    speakers: int | None = None
    tolerance_s: float = 0.2

    @property
    def all_options(self) -> dict[str, str]:
        """The options of the job, which finds speakers only if the case has them."""
        return {"diarize": "true" if self.speakers else "false", **self.options}

    @property
    def text(self) -> str:
        return " ".join(one.sentence.text for one in self.spoken)


Make = Callable[[Case, Path], None]
