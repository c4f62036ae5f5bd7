"""Redaction: a view of a transcript in which card numbers and other personal data are masked.

- `originals`: what must not be stored at all
- `view`: a redacted transcript, a redacted job, and redacted text
- `kinds`: the kinds of data, by the names that callers use
- `pattern`, `expression`, `pattern_file`, `pattern_document`, `settings`: the operator's own kinds
- `cards`, `national_ids`, `phones`, `emails`, `accounts`: find the data of a kind in a reading
- `digit_runs`: digits in groups, and the parts of them that begin and end with a group
- `reading`: the text of several segments with spoken digits as digits
- `spoken_numbers`: what each word is read as, if it belongs to a number
- `pauses`: words between the digits of one number
- `spoken_digits`: the words for digits in several languages
- `french_numbers`: French numbers of several words
- `tokens`: the parts of a text that are read at once
- `masking`: replaces spans of a segment's text and words
- `time_spans`: where masked words are in the recording
- `recording`: what is masked in the redacted recording of a job
"""
