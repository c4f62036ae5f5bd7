"""A sentence splitter for `whisperx.align`, which otherwise downloads one."""

from pathlib import Path

import nltk
from nltk.tokenize.punkt import PunktParameters, save_punkt_params

_ABBREVIATIONS = """
    a.m apr aug ave capt co col corp dec dept dr e.g est etc feb fig gen gov hon i.e inc jan jr
    jul jun lt ltd mar mr mrs ms mt nov oct p.m prof rev sen sep sept sgt sr st u.k u.s vol vs
"""


def save(folder: Path) -> None:
    """Write Punkt's parameters to a folder for NLTK_DATA."""
    language = folder / "tokenizers" / "punkt_tab" / "english"
    language.parent.mkdir(parents=True, exist_ok=True)
    nltk.data.path.insert(0, str(folder))  # NLTK writes below its data folders alone
    save_punkt_params(parameters(), str(language))
    nltk.data.path.remove(str(folder))
    language.chmod(0o755)
    for file in language.iterdir():
        # NLTK writes sets in an order that differs between runs.
        file.write_text("\n".join(sorted(file.read_text().splitlines())))
        file.chmod(0o644)


def parameters() -> PunktParameters:
    """Return parameters by which sentences end at full stops, except after abbreviations."""
    result = PunktParameters()
    result.abbrev_types.update(_ABBREVIATIONS.split())
    return result
