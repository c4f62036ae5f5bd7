"""Voice activity detection that does not miss quiet speech."""

from whisperfarm_worker.engines.port import OnProgress, VoiceActivityDetector
from whisperfarm_worker.pipeline.levels.insertion import insert
from whisperfarm_worker.pipeline.levels.quiet_speech import (
    find_quiet_speech,
    with_gains,
    without_quiet_tones,
)
from whisperfarm_worker.pipeline.levels.sounds import Loudness
from whisperfarm_worker.pipeline.state import Samples, Window, regions_of


def detect_speech(
    detector: VoiceActivityDetector,
    samples: Samples,
    loudness: Loudness,
    *,
    onset: float,
    offset: float,
    max_s: float,
    on_progress: OnProgress,
) -> list[Window]:
    """Detect speech in the samples, and again in quiet sounds by themselves; not quiet tones.

    `loudness` is that of the samples. The other parameters are those of the detector.
    """

    def detect(samples: Samples, on_progress: OnProgress) -> list[Window]:
        return detector.detect(
            samples, onset=onset, offset=offset, max_s=max_s, on_progress=on_progress
        )

    found = without_quiet_tones(samples, loudness, detect(samples, on_progress))
    quiet = find_quiet_speech(
        samples,
        loudness,
        regions_of(found),
        lambda part: regions_of(detect(part, lambda _: on_progress(1.0))),
    )
    return insert(with_gains(samples, loudness, found), quiet, max_s=max_s) if quiet else found
