"""Model names of faster-whisper 1.2 and WhisperX 3.8.6, and what they stand for."""

from collections.abc import Mapping
from types import MappingProxyType

WHISPER_REPOSITORIES: Mapping[str, str] = MappingProxyType(
    {
        "tiny": "Systran/faster-whisper-tiny",
        "tiny.en": "Systran/faster-whisper-tiny.en",
        "base": "Systran/faster-whisper-base",
        "base.en": "Systran/faster-whisper-base.en",
        "small": "Systran/faster-whisper-small",
        "small.en": "Systran/faster-whisper-small.en",
        "medium": "Systran/faster-whisper-medium",
        "medium.en": "Systran/faster-whisper-medium.en",
        "large-v1": "Systran/faster-whisper-large-v1",
        "large-v2": "Systran/faster-whisper-large-v2",
        "large-v3": "Systran/faster-whisper-large-v3",
        "large": "Systran/faster-whisper-large-v3",
        "large-v3-turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
        "turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
        "distil-large-v3": "Systran/faster-distil-whisper-large-v3",
        "distil-large-v3.5": "distil-whisper/distil-large-v3.5-ct2",
        "distil-medium.en": "Systran/faster-distil-whisper-medium.en",
        "distil-small.en": "Systran/faster-distil-whisper-small.en",
    }
)
"""The repository of each Whisper size, in CTranslate2's format."""

LANGUAGE_DETECTOR = "tiny"
"""The Whisper model that detects the language for speech models that cannot."""
DETECTOR_FILES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "silero": ("faster_whisper", "silero_vad_v6.onnx"),
        "pyannote": ("whisperx", "pytorch_model.bin"),
    }
)
"""The Python package of each voice activity model, and its file in the package's `assets`."""

TORCHAUDIO_ALIGNERS: Mapping[str, str] = MappingProxyType(
    {
        "WAV2VEC2_ASR_BASE_960H": "wav2vec2_fairseq_base_ls960_asr_ls960.pth",
        "VOXPOPULI_ASR_BASE_10K_EN": "wav2vec2_voxpopuli_base_10k_asr_en.pt",
        "VOXPOPULI_ASR_BASE_10K_ES": "wav2vec2_voxpopuli_base_10k_asr_es.pt",
        "VOXPOPULI_ASR_BASE_10K_DE": "wav2vec2_voxpopuli_base_10k_asr_de.pt",
        "VOXPOPULI_ASR_BASE_10K_FR": "wav2vec2_voxpopuli_base_10k_asr_fr.pt",
        "VOXPOPULI_ASR_BASE_10K_IT": "wav2vec2_voxpopuli_base_10k_asr_it.pt",
    }
)
"""The file of each of torchaudio's aligners in torch's checkpoint folder."""

DEFAULT_ALIGNERS: Mapping[str, str] = MappingProxyType(
    {
        "en": "WAV2VEC2_ASR_BASE_960H",
        "fr": "VOXPOPULI_ASR_BASE_10K_FR",
        "de": "VOXPOPULI_ASR_BASE_10K_DE",
        "es": "VOXPOPULI_ASR_BASE_10K_ES",
        "it": "VOXPOPULI_ASR_BASE_10K_IT",
        "ja": "jonatasgrosman/wav2vec2-large-xlsr-53-japanese",
        "zh": "jonatasgrosman/wav2vec2-large-xlsr-53-chinese-zh-cn",
        "nl": "jonatasgrosman/wav2vec2-large-xlsr-53-dutch",
        "uk": "Yehor/wav2vec2-xls-r-300m-uk-with-small-lm",
        "pt": "jonatasgrosman/wav2vec2-large-xlsr-53-portuguese",
        "ar": "jonatasgrosman/wav2vec2-large-xlsr-53-arabic",
        "cs": "comodoro/wav2vec2-xls-r-300m-cs-250",
        "ru": "jonatasgrosman/wav2vec2-large-xlsr-53-russian",
        "pl": "jonatasgrosman/wav2vec2-large-xlsr-53-polish",
        "hu": "jonatasgrosman/wav2vec2-large-xlsr-53-hungarian",
        "fi": "jonatasgrosman/wav2vec2-large-xlsr-53-finnish",
        "fa": "jonatasgrosman/wav2vec2-large-xlsr-53-persian",
        "el": "jonatasgrosman/wav2vec2-large-xlsr-53-greek",
        "tr": "mpoyraz/wav2vec2-xls-r-300m-cv7-turkish",
        "da": "saattrupdan/wav2vec2-xls-r-300m-ftspeech",
        "he": "imvladikon/wav2vec2-xls-r-300m-hebrew",
        "vi": "nguyenvulebinh/wav2vec2-base-vi-vlsp2020",
        "ko": "kresnik/wav2vec2-large-xlsr-korean",
        "ur": "kingabzpro/wav2vec2-large-xls-r-300m-Urdu",
        "te": "anuragshas/wav2vec2-large-xlsr-53-telugu",
        "hi": "theainerd/Wav2Vec2-large-xlsr-hindi",
        "ca": "softcatala/wav2vec2-large-xlsr-catala",
        "ml": "gvs/wav2vec2-large-xlsr-malayalam",
        "no": "NbAiLab/nb-wav2vec2-1b-bokmaal-v2",
        "nn": "NbAiLab/nb-wav2vec2-1b-nynorsk",
        "sk": "comodoro/wav2vec2-xls-r-300m-sk-cv8",
        "sl": "anton-l/wav2vec2-large-xlsr-53-slovenian",
        "hr": "classla/wav2vec2-xls-r-parlaspeech-hr",
        "ro": "gigant/romanian-wav2vec2",
        "eu": "stefan-it/wav2vec2-large-xlsr-53-basque",
        "gl": "ifrz/wav2vec2-large-xlsr-galician",
        "ka": "xsway/wav2vec2-large-xlsr-georgian",
        "lv": "jimregan/wav2vec2-large-xlsr-latvian-cv",
        "tl": "Khalsuu/filipino-wav2vec2-l-xls-r-300m-official",
        "sv": "KBLab/wav2vec2-large-voxrex-swedish",
        "id": "cahya/wav2vec2-large-xlsr-indonesian",
    }
)
"""WhisperX's default aligner for each language."""


def default_aligner(language: str) -> str | None:
    """Return the language's default aligner, or `None` if it has none."""
    return DEFAULT_ALIGNERS.get(language)
