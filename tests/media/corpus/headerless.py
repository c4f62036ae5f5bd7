"""Encodings without a header, which the caller names."""

from tests.media.corpus.case import Case, Make
from tests.media.corpus.making import encoded
from tests.media.corpus.speech import any_of

ENCODINGS: dict[str, tuple[tuple[object, ...], dict[str, str]]] = {
    **{
        f"{encoding}-{rate_hz}": (
            ("-ar", rate_hz, "-f", encoding),
            {"encoding": encoding, "sample_rate": str(rate_hz)},
        )
        for encoding in ("s16le", "mulaw", "alaw")
        for rate_hz in (8000, 11025, 16000)
    },
    "g722": (("-ar", 16000, "-f", "g722"), {"encoding": "g722"}),
    "gsm": (("-ar", 8000, "-c:a", "libgsm", "-f", "gsm"), {"encoding": "gsm"}),
}
"""Arguments of ffmpeg and options of the job."""

MULAW = encoded("-ar", 8000, "-f", "mulaw")

REJECTED: dict[str, tuple[Make, dict[str, str], str]] = {
    "no-encoding": (MULAW, {}, "audio-unreadable"),
    "no-rate": (MULAW, {"encoding": "mulaw"}, "invalid-option"),
    "unknown": (MULAW, {"encoding": "g729", "sample_rate": "8000"}, "invalid-option"),
    "other-rate": (MULAW, {"encoding": "gsm", "sample_rate": "16000"}, "invalid-option"),
}
"""Makers, options of the job and problems."""

CASES = (
    *(
        Case(
            name=f"headerless-{name}",
            file="call.raw",
            make=encoded(*arguments),
            options=options,
            spoken=any_of(number),
        )
        for number, (name, (arguments, options)) in enumerate(ENCODINGS.items())
    ),
    *(
        Case(
            name=f"headerless-{name}", file="call.raw", make=make, options=options, problem=problem
        )
        for name, (make, options, problem) in REJECTED.items()
    ),
    Case(
        name="headerless-wrong-rate-in-header",
        file="call.wav",
        make=encoded("-af", "asetrate=11025"),
        options={"sample_rate": "16000"},
        spoken=any_of(0),
    ),
)
