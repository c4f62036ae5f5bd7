"""Which files are recordings, by their names."""

EXTENSIONS = (
    "3gp", "aac", "ac3", "aif", "aifc", "aiff", "amr", "ape", "asf", "au", "avi", "caf", "dsf",
    "dss", "dts", "flac", "flv", "gsm", "m2ts", "m4a", "m4b", "m4v", "mka", "mkv", "mov", "mp2",
    "mp3", "mp4", "mpeg", "mpg", "mts", "mxf", "oga", "ogg", "ogv", "opus", "ra", "rm", "snd",
    "sph", "ts", "tta", "voc", "w64", "wav", "wave", "weba", "webm", "wma", "wmv", "wv",
)  # fmt: skip
"""Usual extensions of recordings. The farm itself judges by the content."""
