"""The languages of a recording: which ones it may have, and which one each window has.

- `allowed`: what the caller, the preset and the speech model allow
- `model_abilities`: what follows if the model cannot detect a language, or does not take one
- `spoken`: windows with their languages; the main language, and warnings
- `channels`: the language of each channel, from some of its windows
- `changes`: the language of each part, where it may change; by `parts` and `smoothing`
- `detection`: all of this for one attempt
"""
