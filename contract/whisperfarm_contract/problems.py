"""Every error that a caller can see, under a stable name.

    Problem
    ├── BadRequest          the request is at fault; do not send it again unchanged
    │   ├── OptionWrong, OptionUnknown, ModelUnknown, LanguageUnknown, FormatUnknown
    │   ├── AudioMissing, AudioEmpty, AudioTooLarge, AudioTooLong
    │   ├── AudioUnreadable, AudioWithoutSound
    │   ├── AddressRefused
    │   └── KeyMissing, KeyWrong, JobUnknown, JobNotFinished, ResultExpired, IdempotencyConflict
    ├── TryLater            the farm cannot serve it now; the same request may succeed later
    │   ├── StorageFull, FarmUnavailable, UploadStalled, AddressUnreachable, SourceFailed
    │   └── FarmBusy (TenantBusy, TooManyRequests)
    ├── JobEnded            the job exists and ended without a transcript
    │   └── JobCancelled, AttemptsSpent, DeadlinePassed, JobQuarantined
    └── FarmFault           the farm is at fault
        └── SettingsWrong, ModelMissing, ModelRefused, EngineFailed, WorkerLost

Other packages derive further classes (`BlobMissing`, `LeaseLost`, those of the client). A class is
added to `PROBLEMS` when it is declared.

Problems are sent as `application/problem+json` (RFC 9457), are stored in the ledger in the same
form, and end a command with their exit code (taken from sysexits.h). The first line of a class's
docstring is the problem's title.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

TYPE_PREFIX = "urn:whisperfarm:problem:"


class Problem(Exception):
    """An unexpected error occurred."""

    name: str = "internal-error"
    status: int = 500
    exit_code: int = 70

    def __init__(self, detail: str | None = None, *, retry_after_s: int | None = None) -> None:
        """Create the problem; `detail` says what is wrong, where, and what to do.

        The title is the default for `detail`. Set the attribute `members` to add members to the
        document, such as `reason`.
        """
        self.detail = detail or self.title()
        self.retry_after_s = retry_after_s
        self.members: Mapping[str, Any] = {}
        super().__init__(self.detail)

    def __init_subclass__(cls) -> None:
        """Register the class under its name; a class that sets no name is sent as its base class.

        Raises `TypeError` if another class has the name.
        """
        super().__init_subclass__()
        if "name" in vars(cls):
            _enter(cls)

    @classmethod
    def title(cls) -> str:
        """Return the sentence that describes every problem of this class."""
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0]

    def to_wire(self) -> dict[str, Any]:
        """Return the members of an RFC 9457 problem document, plus `name` and `exit_code`."""
        return {
            "type": TYPE_PREFIX + self.name,
            "title": self.title(),
            "status": self.status,
            "detail": self.detail,
            "name": self.name,
            "exit_code": self.exit_code,
            **self.members,
        }


_REGISTRY: dict[str, type[Problem]] = {Problem.name: Problem}

PROBLEMS: Mapping[str, type[Problem]] = MappingProxyType(_REGISTRY)
"""The problem classes that this process has imported, by name."""


def _enter(kind: type[Problem]) -> None:
    taken = _REGISTRY.setdefault(kind.name, kind)
    if taken is not kind:
        raise TypeError(f"{kind.name!r} is the name of {taken.__name__}; choose another name")


class BadRequest(Problem):
    """The request cannot be served; correct it before sending it again."""

    name = "bad-request"
    status = 400
    exit_code = 64


class OptionWrong(BadRequest):
    """An option has an invalid value."""

    name = "option-wrong"
    status = 422


class OptionUnknown(BadRequest):
    """The request contains an unknown option."""

    name = "option-unknown"
    status = 422


class ModelUnknown(BadRequest):
    """The farm has no model or preset with this name."""

    name = "model-unknown"
    status = 422


class LanguageUnknown(BadRequest):
    """The language is unknown, or the model does not support it."""

    name = "language-unknown"
    status = 422


class FormatUnknown(BadRequest):
    """The output format does not exist."""

    name = "format-unknown"
    status = 422


class AudioMissing(BadRequest):
    """The request contains no audio, or its audio cannot be read."""

    name = "audio-missing"
    exit_code = 66


class AudioEmpty(BadRequest):
    """The audio contains no samples."""

    name = "audio-empty"
    status = 422
    exit_code = 65


class AudioTooLarge(BadRequest):
    """The audio file is larger than the farm accepts."""

    name = "audio-too-large"
    status = 413
    exit_code = 65


class AudioTooLong(BadRequest):
    """The audio is longer than the farm accepts."""

    name = "audio-too-long"
    status = 413
    exit_code = 65


class AudioUnreadable(BadRequest):
    """The file cannot be decoded as audio or video."""

    name = "audio-unreadable"
    status = 415
    exit_code = 65


class AudioWithoutSound(BadRequest):
    """The file has no audio track."""

    name = "audio-without-sound"
    status = 415
    exit_code = 65


class AddressRefused(BadRequest):
    """The farm does not connect to this address."""

    name = "address-refused"
    status = 422


class KeyMissing(BadRequest):
    """The farm requires an API key and the request has none."""

    name = "key-missing"
    status = 401
    exit_code = 77


class KeyWrong(BadRequest):
    """The API key is not valid on this farm."""

    name = "key-wrong"
    status = 401
    exit_code = 77


class JobUnknown(BadRequest):
    """The job does not exist."""

    name = "job-unknown"
    status = 404


class JobNotFinished(BadRequest):
    """The job has not finished yet."""

    name = "job-not-finished"
    status = 409
    exit_code = 75


class ResultExpired(BadRequest):
    """The transcript was deleted at the end of its retention period."""

    name = "result-expired"
    status = 410
    exit_code = 66


class IdempotencyConflict(BadRequest):
    """The idempotency key was already used for a different request."""

    name = "idempotency-conflict"
    status = 409


class TryLater(Problem):
    """The farm cannot serve the request now; send it again later."""

    name = "try-later"
    status = 503
    exit_code = 75


class StorageFull(TryLater):
    """The farm's storage is full."""

    name = "storage-full"
    status = 507


class FarmUnavailable(TryLater):
    """The farm, or a server that it depends on, is unavailable."""

    name = "farm-unavailable"
    exit_code = 69


class UploadStalled(TryLater):
    """The upload stopped before it was complete."""

    name = "upload-stalled"
    status = 408


class FarmBusy(TryLater):
    """The farm has reached its limit of unfinished work."""

    name = "farm-busy"


class TenantBusy(FarmBusy):
    """The tenant has reached its quota of unfinished work."""

    name = "tenant-busy"
    status = 429


class TooManyRequests(FarmBusy):
    """The caller has exceeded its rate limit."""

    name = "too-many-requests"
    status = 429


class AddressUnreachable(TryLater):
    """An address that the farm has to connect to does not respond as expected."""

    name = "address-unreachable"


class SourceFailed(TryLater):
    """The model source is unavailable or denies access."""

    name = "source-failed"
    exit_code = 69


class JobEnded(Problem):
    """The job ended without a transcript."""

    name = "job-ended"
    status = 409


class JobCancelled(JobEnded):
    """The job was cancelled."""

    name = "job-cancelled"
    exit_code = 75


class AttemptsSpent(JobEnded):
    """All attempts at the job were lost."""

    name = "attempts-spent"
    status = 500


class DeadlinePassed(JobEnded):
    """The deadline was exceeded before the transcript was available."""

    name = "deadline-passed"
    status = 504
    exit_code = 75


class JobQuarantined(JobEnded):
    """The job was quarantined because too many workers died while they ran it."""

    name = "job-quarantined"
    status = 500


class FarmFault(Problem):
    """The farm failed to process a valid request."""

    name = "farm-fault"


class SettingsWrong(FarmFault):
    """A setting is missing or invalid."""

    name = "settings-wrong"
    exit_code = 78


class ModelMissing(FarmFault):
    """A file of a model is missing."""

    name = "model-missing"
    exit_code = 78


class ModelRefused(FarmFault):
    """A model file failed verification, or its name is not allowed."""

    name = "model-refused"
    exit_code = 65


class EngineFailed(FarmFault):
    """The speech engine failed while it processed the job."""

    name = "engine-failed"


class WorkerLost(FarmFault):
    """The worker that ran the job stopped sending heartbeats."""

    name = "worker-lost"


SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "name", "exit_code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "name": {"type": "string"},
        "exit_code": {"type": "integer"},
    },
}
"""JSON Schema (2020-12) of a problem document. Documents may have further members."""


class ForeignProblem(Problem):
    """A problem whose class is declared in a module that this process has not imported."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Copy name, title and detail from a problem document."""
        super().__init__(str(document.get("detail") or document.get("title") or ""))
        self.name = str(document["name"])
        self._title = str(document.get("title") or self.title())

    def to_wire(self) -> dict[str, Any]:
        return {**super().to_wire(), "title": self._title}


def _between(least: int, most: int, found: Any, *, default: int) -> int:
    is_fit = isinstance(found, int) and not isinstance(found, bool) and least <= found <= most
    return int(found) if is_fit else default


def from_wire(wire: Mapping[str, Any]) -> Problem:
    """Return the problem that a document describes; its `to_wire` returns the same document.

    The result is a `ForeignProblem` if this process has not imported the class, for example when
    the dispatcher reads a problem of a worker, and a `Problem` if the document has no name.
    """
    name = str(wire.get("name") or Problem.name)
    kind = PROBLEMS.get(name)
    problem = ForeignProblem(wire) if kind is None else kind(str(wire.get("detail") or ""))
    problem.status = _between(400, 599, wire.get("status"), default=problem.status)
    problem.exit_code = _between(1, 255, wire.get("exit_code"), default=problem.exit_code)
    problem.members = {key: value for key, value in wire.items() if key not in SCHEMA["properties"]}
    return problem
