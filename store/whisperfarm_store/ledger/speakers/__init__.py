"""Known speakers: the voices of jobs, and those that tenants have enrolled.

- `job_voices`: the voices of a job's speakers, kept with its transcript
- `speaker`: an enrolled voice
- `enrolment`, `erasure`: enrol a voice of a job under a name, and erase it
- `speakers`: all enrolled voices
"""

from whisperfarm_store.ledger.speakers.job_voices import forget_voices, keep_voices
from whisperfarm_store.ledger.speakers.speaker import Speaker
from whisperfarm_store.ledger.speakers.speakers import Speakers

__all__ = ["Speaker", "Speakers", "forget_voices", "keep_voices"]
