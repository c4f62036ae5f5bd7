"""What follows if the speech model cannot detect a language, or does not take one."""

from whisperfarm_contract.languages import NAMES
from whisperfarm_contract.options import Options
from whisperfarm_worker.engines.port import SpeechRecognizer
from whisperfarm_worker.pipeline.languages.allowed import AllowedLanguages

_DEFAULT = "en"


def detectable(
    allowed: AllowedLanguages, model: SpeechRecognizer
) -> tuple[AllowedLanguages, list[str]]:
    """Return the allowed languages: if the model cannot detect one of them, only English or else
    the first, and a warning."""
    if allowed.only is not None or model.detects_languages:
        return allowed, []
    assumed = _DEFAULT if _DEFAULT in allowed.codes else allowed.codes[0]
    return AllowedLanguages((assumed,)), [
        f"the language was not detected, because the Whisper model tiny is not installed:"
        f" {NAMES[assumed]} was assumed; set language"
    ]


def found_languages(options: Options, model: SpeechRecognizer) -> list[str]:
    """Return a warning if the caller names a language and the model finds it by itself."""
    if options.fixed_language is None or model.takes_language:
        return []
    return [
        "language only names the language of the text: this speech model finds the spoken language"
        " by itself"
    ]
