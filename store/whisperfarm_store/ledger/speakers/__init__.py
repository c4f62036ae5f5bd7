"""Known speakers: the voices of jobs, and those that tenants have enrolled.

- `job_voices`: the voices of a job's speakers, kept with its transcript
- `enrolment`: enrols one of them under a name
- `speakers`: lists, compares and erases what is enrolled
"""

from whisperfarm_store.ledger.speakers.enrolment import Enrolment, Speaker
from whisperfarm_store.ledger.speakers.job_voices import forget_voices, keep_voices
from whisperfarm_store.ledger.speakers.speakers import Speakers

__all__ = ["Enrolment", "Speaker", "Speakers", "forget_voices", "keep_voices"]
