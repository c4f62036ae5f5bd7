"""Everything that can go wrong and that a caller is told about, with stable names.

    Problem
    ├── BadRequest          the request can not be served as it is; do not send it again unchanged
    │   ├── OptionWrong, OptionUnknown, ModelUnknown, LanguageUnknown, FormatUnknown
    │   ├── AudioMissing, AudioEmpty, AudioTooLarge, AudioTooLong
    │   ├── AudioUnreadable, AudioWithoutSound
    │   ├── AddressRefused
    │   └── KeyMissing, KeyWrong, JobUnknown, JobNotFinished, ResultExpired, IdempotencyConflict
    ├── TryLater            the farm can not serve it now; the same request may succeed later
    │   ├── StorageFull, FarmUnavailable, UploadStalled, AddressUnreachable, SourceFailed
    │   └── FarmBusy (TenantBusy, TooManyRequests)
    ├── JobEnded            the job exists and ended without a transcript
    │   └── JobCancelled, AttemptsSpent, DeadlinePassed, JobQuarantined
    └── FarmFault           the farm is at fault
        └── SettingsWrong, ModelMissing, ModelRefused, EngineFailed, WorkerLost

Other packages add their own below these (`BlobMissing`, `LeaseLost`, the client's): a class joins
`PROBLEMS` when it is declared.

A problem travels as `application/problem+json` (RFC 9457), lies in the ledger in the same form, and
ends the command line with its exit code (those of sysexits.h).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

TYPE_PREFIX = "urn:whisperfarm:problem:"


class Problem(Exception):
    """Something went wrong that has no name of its own."""

    name: str = "internal-error"
    status: int = 500
    exit_code: int = 70

    def __init__(self, detail: str | None = None, *, retry_after_s: int | None = None) -> None:
        """`detail` says what happened, where, and what to do; the docstring is the default.

        The attribute `members` holds further members of its document, such as `reason`.
        """
        self.detail = detail or self.title()
        self.retry_after_s = retry_after_s
        self.members: Mapping[str, Any] = {}
        super().__init__(self.detail)

    def __init_subclass__(cls) -> None:
        """Enter the class under its name; without a name of its own it travels as its base.

        Raises `TypeError` when another class has the name.
        """
        super().__init_subclass__()
        if "name" in vars(cls):
            _enter(cls)

    @classmethod
    def title(cls) -> str:
        """One sentence that holds for every problem of this name."""
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0]

    def to_wire(self) -> dict[str, Any]:
        """The members of an RFC 9457 problem document, plus `name` and `exit_code`."""
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
"""Every problem that this process has imported, by name."""


def _enter(kind: type[Problem]) -> None:
    taken = _REGISTRY.setdefault(kind.name, kind)
    if taken is not kind:
        raise TypeError(f"{kind.name!r} is the name of {taken.__name__}; choose another name")


class BadRequest(Problem):
    """The request can not be served as it is."""

    name = "bad-request"
    status = 400
    exit_code = 64


class OptionWrong(BadRequest):
    """An option has a value that it can not have."""

    name = "option-wrong"
    status = 422


class OptionUnknown(BadRequest):
    """There is no option of that name."""

    name = "option-unknown"
    status = 422


class ModelUnknown(BadRequest):
    """There is no model or preset of that name on this farm."""

    name = "model-unknown"
    status = 422


class LanguageUnknown(BadRequest):
    """That language is not known, or the model does not speak it."""

    name = "language-unknown"
    status = 422


class FormatUnknown(BadRequest):
    """There is no output format of that name."""

    name = "format-unknown"
    status = 422


class AudioMissing(BadRequest):
    """The request carries no audio."""

    name = "audio-missing"
    exit_code = 66


class AudioEmpty(BadRequest):
    """The audio is empty: there is not one sample in it."""

    name = "audio-empty"
    status = 422
    exit_code = 65


class AudioTooLarge(BadRequest):
    """The audio has more bytes than this farm takes."""

    name = "audio-too-large"
    status = 413
    exit_code = 65


class AudioTooLong(BadRequest):
    """The audio plays longer than this farm takes."""

    name = "audio-too-long"
    status = 413
    exit_code = 65


class AudioUnreadable(BadRequest):
    """The file is no audio or video file that can be decoded."""

    name = "audio-unreadable"
    status = 415
    exit_code = 65


class AudioWithoutSound(BadRequest):
    """The file has no sound track."""

    name = "audio-without-sound"
    status = 415
    exit_code = 65


class AddressRefused(BadRequest):
    """The farm does not connect to that address."""

    name = "address-refused"
    status = 422


class KeyMissing(BadRequest):
    """This farm needs an API key and the request carries none."""

    name = "key-missing"
    status = 401
    exit_code = 77


class KeyWrong(BadRequest):
    """The API key is not one of this farm's."""

    name = "key-wrong"
    status = 401
    exit_code = 77


class JobUnknown(BadRequest):
    """There is no job of that id."""

    name = "job-unknown"
    status = 404


class JobNotFinished(BadRequest):
    """The job has not ended yet."""

    name = "job-not-finished"
    status = 409
    exit_code = 75


class ResultExpired(BadRequest):
    """The transcript was deleted: this farm does not keep transcripts for longer."""

    name = "result-expired"
    status = 410
    exit_code = 66


class IdempotencyConflict(BadRequest):
    """The idempotency key was used before, for another request."""

    name = "idempotency-conflict"
    status = 409


class TryLater(Problem):
    """The farm can not serve the request now."""

    name = "try-later"
    status = 503
    exit_code = 75


class StorageFull(TryLater):
    """The farm's storage is full; nothing was accepted."""

    name = "storage-full"
    status = 507


class FarmUnavailable(TryLater):
    """The farm can not be reached."""

    name = "farm-unavailable"
    exit_code = 69


class UploadStalled(TryLater):
    """The upload stopped before it was complete."""

    name = "upload-stalled"
    status = 408


class FarmBusy(TryLater):
    """The farm has as much work as it takes."""

    name = "farm-busy"


class TenantBusy(FarmBusy):
    """The caller has as much work in the farm as it may have."""

    name = "tenant-busy"
    status = 429


class TooManyRequests(FarmBusy):
    """The caller sends requests faster than it may."""

    name = "too-many-requests"
    status = 429


class AddressUnreachable(TryLater):
    """An address that the farm was told to use does not answer as it should."""

    name = "address-unreachable"


class SourceFailed(TryLater):
    """The source of models does not answer, or does not let us in."""

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
    """Every attempt at the job was lost."""

    name = "attempts-spent"
    status = 500


class DeadlinePassed(JobEnded):
    """The transcript was not there in time."""

    name = "deadline-passed"
    status = 504
    exit_code = 75


class JobQuarantined(JobEnded):
    """Workers died under the job; it is kept aside."""

    name = "job-quarantined"
    status = 500


class FarmFault(Problem):
    """The farm is at fault, not the request."""

    name = "farm-fault"


class SettingsWrong(FarmFault):
    """A setting can not be used."""

    name = "settings-wrong"
    exit_code = 78


class ModelMissing(FarmFault):
    """A model's files are not there."""

    name = "model-missing"
    exit_code = 78


class ModelRefused(FarmFault):
    """A model's file is not what it must be, or has a name that it must not have."""

    name = "model-refused"
    exit_code = 65


class EngineFailed(FarmFault):
    """The speech engine failed on this job."""

    name = "engine-failed"


class WorkerLost(FarmFault):
    """The worker that had the job was not heard of any more."""

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
"""JSON Schema (2020-12) of a problem document. A document may have further members."""


class ForeignProblem(Problem):
    """A problem that is declared in a part which this process has not imported."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Take the name, title and detail of `document`."""
        super().__init__(str(document.get("detail") or document.get("title") or ""))
        self.name = str(document["name"])
        self._title = str(document.get("title") or self.title())

    def to_wire(self) -> dict[str, Any]:
        return {**super().to_wire(), "title": self._title}


def _between(least: int, most: int, found: Any, *, default: int) -> int:
    is_fit = isinstance(found, int) and not isinstance(found, bool) and least <= found <= most
    return int(found) if is_fit else default


def from_wire(wire: Mapping[str, Any]) -> Problem:
    """The problem in a problem document, so that its `to_wire` is that document again.

    A name whose class this process has not imported, such as one that a worker wrote and the
    dispatcher reads, becomes a `ForeignProblem`; a document without a name a plain `Problem`.
    """
    name = str(wire.get("name") or Problem.name)
    kind = PROBLEMS.get(name)
    problem = ForeignProblem(wire) if kind is None else kind(str(wire.get("detail") or ""))
    problem.status = _between(400, 599, wire.get("status"), default=problem.status)
    problem.exit_code = _between(1, 255, wire.get("exit_code"), default=problem.exit_code)
    problem.members = {key: value for key, value in wire.items() if key not in SCHEMA["properties"]}
    return problem
