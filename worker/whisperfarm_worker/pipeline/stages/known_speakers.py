"""The names of speakers whose voices are enrolled, in a state that was diarized."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from whisperfarm_contract.transcript import KnownSpeaker
from whisperfarm_contract.voices import MIN_SPEECH_S, Voice
from whisperfarm_store import events
from whisperfarm_worker.engines.port import Diarizer, VoiceEmbedder
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.postprocess.own_speech import own_speech, seconds
from whisperfarm_worker.pipeline.postprocess.speakers import rename, rename_turns
from whisperfarm_worker.pipeline.postprocess.voice_matching import Match, match_voices
from whisperfarm_worker.pipeline.state import PipelineState, cut

OTHER_MODEL = (
    "some enrolled voices were not compared: another model computed them; enrol them again"
)


def name_known_speakers(
    state: PipelineState, diarizer: Diarizer, context: StageContext
) -> PipelineState:
    """Name speakers by their voices, and keep these, as far as the job asks for it."""
    options = state.options
    if not (options.name_speakers or options.keep_voices):
        return state
    if not isinstance(diarizer, VoiceEmbedder):
        return state.warn(f"the diarizer {state.preset.diarizer} computes no voices to compare")
    voices = [voice for name in _speakers(state) for voice in _voice(state, diarizer, name)]
    if options.name_speakers:
        enrolled = context.voices.enrolled()
        if any(one.model != diarizer.voice_model for one in enrolled):
            state = state.warn(OTHER_MODEL)
        matches = match_voices(voices, enrolled, threshold=context.speaker_threshold)
        events.speaker.compared.log(named=len(matches), unnamed=len(voices) - len(matches))
        state, voices = _named(state, voices, matches)
    if options.keep_voices:
        context.voices.keep(voices)
    return state


def _speakers(state: PipelineState) -> list[str]:
    return list(dict.fromkeys(turn.speaker for turn in state.turns))


def _voice(state: PipelineState, embedder: VoiceEmbedder, speaker: str) -> list[Voice]:
    parts = own_speech(state.turns, speaker)
    if seconds(parts) < MIN_SPEECH_S:
        return []
    found = embedder.voice([cut(state.waveform.samples[0], part) for part in parts])
    if found is None:
        return []
    embedding = tuple(map(float, found))
    speech_s = round(seconds(parts), 3)
    return [
        Voice(speaker=speaker, model=embedder.voice_model, speech_s=speech_s, embedding=embedding)
    ]


def _named(
    state: PipelineState, voices: Sequence[Voice], matches: Mapping[str, Match]
) -> tuple[PipelineState, list[Voice]]:
    names = {
        name: matches[name].enrolled.name if name in matches else name for name in _speakers(state)
    }
    known = tuple(
        KnownSpeaker(name=one.enrolled.name, voice=one.enrolled.id, score=one.score)
        for one in matches.values()
    )
    named = replace(
        state,
        segments=tuple(rename(state.segments, names)),
        turns=tuple(rename_turns(state.turns, names)),
        known_speakers=known,
    )
    return named, [replace(voice, speaker=names[voice.speaker]) for voice in voices]
