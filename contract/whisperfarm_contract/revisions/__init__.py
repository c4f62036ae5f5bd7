"""Revisions of a transcript: the machine's own, corrections by people, and approvals.

- `revision`: one revision, which of them is the default, and what follows another
- `revision_wire`: its JSON form
- `correction`: what a person sends: a parent, operations, a note and tags
- `operations`: the small changes of a correction
- `note_types`: the values of notes and tags
- `draft`: a transcript while operations change it
- `words`: replaces words of a segment, and interpolates their times
- `difference`: what a revision changed against its parent
"""
