"""Reports channels that are silent throughout, if each channel is one speaker."""

from whisperfarm_worker.pipeline.state import Waveform


def warnings(waveform: Waveform) -> list[str]:
    """Return a warning that names the silent channels, if the audio has several channels."""
    if waveform.channels == 1 or not waveform.silent:
        return []
    if not waveform.audible:
        return [
            f"all {waveform.channels} channels are silent from start to end; check the recorder"
        ]
    numbers = ", ".join(map(str, sorted(waveform.silent)))
    names = f"channel {numbers} is" if len(waveform.silent) == 1 else f"channels {numbers} are"
    return [
        f"{names} silent from start to end and got no speaker (the first channel is 0); if there"
        " should be speech, check the recorder"
    ]
