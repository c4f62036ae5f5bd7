"""The audit log of a farm: who changed what it permits and how it runs.

Its entries form one chain, like those of a job's chain of custody.
"""

from dataclasses import dataclass
from enum import StrEnum

CHAIN = "farm"
"""What the entries name in place of a job."""


class AuditKind(StrEnum):
    """What an entry describes."""

    KEY_CREATED = "key-created"
    KEY_REVOKED = "key-revoked"
    KEY_ROTATED = "key-rotated"
    UPLOAD_TOKEN_CREATED = "upload-token-created"  # noqa: S105 - a kind
    UPLOAD_TOKEN_REFUSED = "upload-token-refused"  # noqa: S105 - a kind
    SIGNED_IN = "signed-in"
    SIGN_IN_REFUSED = "sign-in-refused"
    PAUSED = "paused"
    RESUMED = "resumed"
    DRAIN_REQUESTED = "drain-requested"
    SPEAKER_ENROLLED = "speaker-enrolled"
    SPEAKER_ERASED = "speaker-erased"
    SETTINGS_CHANGED = "settings-changed"
    ROLES_CHANGED = "roles-changed"
    PRESETS_CHANGED = "presets-changed"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who made a change: a caller's key, or a user at a machine, and the address if known."""

    name: str
    address: str = ""


UNKNOWN_ACTOR = Actor("")
