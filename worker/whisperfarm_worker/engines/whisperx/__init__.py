"""The default engine: WhisperX 3.8.6 and what it is made of.

It is called below its pipeline, whose state (tokenizer, options) is one for all callers: several
jobs at once would read each other's. A new version of WhisperX is read before it is taken.
"""
