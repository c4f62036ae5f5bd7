"""Words and segments, computed without any model.

- `tokenization`, `sentences`, `segments`: text into words, sentences and segments
- `interpolation`, `sorting`: times for words without one; times in order
- `speakers`, `speaker_changes`: a speaker for each word and segment; changes of speaker at pauses
- `channel_speakers`, `speaker_counts`: the speaker of each channel; numbers of speakers asked for
- `own_speech`, `voice_matching`: where a speaker speaks alone, and whose enrolled voice it is
- `coverage`, `doubts`: how much of the audio became words; doubtful text
- `hallucinations`: words that the speech model may have invented
- `times`: time spans as text
"""
