"""Every error that a caller can see, under a stable name.

    Problem
    ├── ClientError         the request is invalid; do not send it again unchanged
    │   ├── InvalidOption, UnknownOption, UnknownModel, UnknownLanguage,
    │   │   UnknownFormat, UnknownVocabulary
    │   ├── MissingAudio, AudioEmpty, AudioTooLarge, AudioTooLong
    │   ├── AudioUnreadable, NoAudioTrack
    │   ├── ForbiddenAddress
    │   ├── MissingApiKey, InvalidApiKey (InvalidToken, InvalidCertificate, InvalidUploadToken)
    │   ├── UploadTokenUsed
    │   ├── PermissionDenied, ApiKeyNotFound
    │   ├── JobNotFound, JobNotFinished, JobNotRetryable, JobOnHold
    │   ├── ResultExpired, RecordingExpired, RecordingNotRedacted
    │   ├── BatchNotFound, VocabularyNotFound, CustodyNotFound, WaveformNotFound
    │   ├── SpeakerNotFound, SpeakerConflict
    │   ├── RevisionNotFound, RevisionConflict, InvalidCorrection
    │   ├── TransferIncomplete, TransferDamaged, ForwardNotFound
    │   └── IdempotencyConflict
    ├── Unavailable         the farm cannot serve it now; the same request may succeed later
    │   ├── StorageFull, FarmUnavailable, UploadStalled, AddressUnreachable, ModelSourceError
    │   └── FarmBusy (FarmPaused, TenantBusy, TooManyRequests)
    ├── JobNotSuccessful    the job exists and ended without a transcript
    │   ├── JobCancelled (JobNotPolled)
    │   └── AttemptsExhausted, DeadlineExceeded, JobQuarantined
    └── ServerError         the farm failed
        └── InvalidSettings, MissingModel, ModelIntegrityError, EngineFailed, ScratchFull,
            WorkerLost

Other packages derive further classes (`BlobNotFound`, `LeaseLost`, those of the client). A class is
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
            _register(cls)

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


def _register(problem_type: type[Problem]) -> None:
    taken = _REGISTRY.setdefault(problem_type.name, problem_type)
    if taken is not problem_type:
        raise TypeError(
            f"{problem_type.name!r} is the name of {taken.__name__}; choose another name"
        )


class ClientError(Problem):
    """The request cannot be served; correct it before sending it again."""

    name = "client-error"
    status = 400
    exit_code = 64


class InvalidOption(ClientError):
    """An option has an invalid value."""

    name = "invalid-option"
    status = 422


class UnknownOption(ClientError):
    """The request contains an unknown option."""

    name = "unknown-option"
    status = 422


class UnknownModel(ClientError):
    """The farm has no model or preset with this name."""

    name = "unknown-model"
    status = 422


class UnknownLanguage(ClientError):
    """The language is unknown, or the model does not support it."""

    name = "unknown-language"
    status = 422


class UnknownVocabulary(ClientError):
    """The tenant has no vocabulary with this name."""

    name = "unknown-vocabulary"
    status = 422


class UnknownFormat(ClientError):
    """The output format does not exist."""

    name = "unknown-format"
    status = 422


class MissingAudio(ClientError):
    """The request contains no audio, or its audio cannot be read."""

    name = "missing-audio"
    exit_code = 66


class AudioEmpty(ClientError):
    """The audio contains no samples."""

    name = "audio-empty"
    status = 422
    exit_code = 65


class AudioTooLarge(ClientError):
    """The audio file is larger than the farm accepts."""

    name = "audio-too-large"
    status = 413
    exit_code = 65


class AudioTooLong(ClientError):
    """The audio is longer than the farm accepts."""

    name = "audio-too-long"
    status = 413
    exit_code = 65


class AudioUnreadable(ClientError):
    """The file cannot be decoded as audio or video."""

    name = "audio-unreadable"
    status = 415
    exit_code = 65


class NoAudioTrack(ClientError):
    """The file has no audio track."""

    name = "no-audio-track"
    status = 415
    exit_code = 65


class ForbiddenAddress(ClientError):
    """The farm does not connect to this address."""

    name = "forbidden-address"
    status = 422


class MissingApiKey(ClientError):
    """The farm requires an API key and the request has none."""

    name = "missing-api-key"
    status = 401
    exit_code = 77


class InvalidApiKey(ClientError):
    """The API key is not valid on this farm."""

    name = "invalid-api-key"
    status = 401
    exit_code = 77


class InvalidToken(InvalidApiKey):
    """The signed token is not valid on this farm."""

    name = "invalid-token"


class InvalidCertificate(InvalidApiKey):
    """The client certificate is not valid on this farm."""

    name = "invalid-certificate"


class InvalidUploadToken(InvalidApiKey):
    """The upload token is not valid on this farm."""

    name = "invalid-upload-token"


class UploadTokenUsed(ClientError):
    """The upload token was used before; `job` is the job that it made."""

    name = "upload-token-used"
    status = 409


class PermissionDenied(ClientError):
    """The API key does not permit this request."""

    name = "permission-denied"
    status = 403
    exit_code = 77


class ApiKeyNotFound(ClientError):
    """The ledger has no active API key with this id."""

    name = "api-key-not-found"
    status = 404


class JobNotFound(ClientError):
    """The job does not exist."""

    name = "job-not-found"
    status = 404


class VocabularyNotFound(ClientError):
    """The vocabulary does not exist."""

    name = "vocabulary-not-found"
    status = 404


class SpeakerNotFound(ClientError):
    """The job has no such voice, or none is enrolled under this id."""

    name = "speaker-not-found"
    status = 404


class SpeakerConflict(ClientError):
    """The voice is enrolled otherwise."""

    name = "speaker-conflict"
    status = 409


class BatchNotFound(ClientError):
    """The batch has no jobs."""

    name = "batch-not-found"
    status = 404


class CustodyNotFound(ClientError):
    """The job has no chain of custody."""

    name = "custody-not-found"
    status = 404


class WaveformNotFound(ClientError):
    """The job has no waveform: an earlier version ran it, or its worker could not store one."""

    name = "waveform-not-found"
    status = 404


class JobNotFinished(ClientError):
    """The job has not finished yet."""

    name = "job-not-finished"
    status = 409
    exit_code = 75


class JobOnHold(ClientError):
    """The job has a legal hold: nothing of it may be deleted."""

    name = "job-on-hold"
    status = 409
    exit_code = 77


class ResultExpired(ClientError):
    """The transcript was deleted, on request or at the end of its retention period."""

    name = "result-expired"
    status = 410
    exit_code = 66


class RecordingExpired(ClientError):
    """The recording was deleted, so that the job cannot run again."""

    name = "recording-expired"
    status = 410
    exit_code = 66


class RecordingNotRedacted(ClientError):
    """The job has no redacted recording, or one that does not mask all of these kinds of data."""

    name = "recording-not-redacted"
    status = 409


class RevisionNotFound(ClientError):
    """The job has no such revision."""

    name = "revision-not-found"
    status = 404


class RevisionConflict(ClientError):
    """Another revision was made from the same one in the meantime."""

    name = "revision-conflict"
    status = 409
    exit_code = 75


class InvalidCorrection(ClientError):
    """The correction cannot be applied to the transcript."""

    name = "invalid-correction"
    status = 422


class JobNotRetryable(ClientError):
    """The job has succeeded; it is not run again."""

    name = "job-not-retryable"
    status = 409


class IdempotencyConflict(ClientError):
    """The idempotency key was already used for a different request."""

    name = "idempotency-conflict"
    status = 409


class TransferIncomplete(ClientError):
    """The farm has another number of bytes of the recording; `offset` is how many."""

    name = "transfer-incomplete"
    status = 409
    exit_code = 75


class TransferDamaged(ClientError):
    """The recording that was transferred is not the one that the request describes."""

    name = "transfer-damaged"
    status = 422
    exit_code = 65


class ForwardNotFound(ClientError):
    """The job is not sent to a hub."""

    name = "forward-not-found"
    status = 404


class Unavailable(Problem):
    """The farm cannot serve the request now; send it again later."""

    name = "unavailable"
    status = 503
    exit_code = 75


class StorageFull(Unavailable):
    """The farm's storage is full."""

    name = "storage-full"
    status = 507


class FarmUnavailable(Unavailable):
    """The farm, or a server that it depends on, is unavailable."""

    name = "farm-unavailable"
    exit_code = 69


class UploadStalled(Unavailable):
    """The upload stopped before it was complete."""

    name = "upload-stalled"
    status = 408


class FarmBusy(Unavailable):
    """The farm has reached its limit of unfinished work."""

    name = "farm-busy"


class FarmPaused(FarmBusy):
    """An operator has paused the farm, or the preset of the job."""

    name = "farm-paused"


class TenantBusy(FarmBusy):
    """The tenant, or its key, has reached its quota of unfinished work or of the day."""

    name = "tenant-busy"
    status = 429


class TooManyRequests(FarmBusy):
    """The caller has exceeded its rate limit."""

    name = "too-many-requests"
    status = 429


class AddressUnreachable(Unavailable):
    """An address that the farm has to connect to does not respond as expected."""

    name = "address-unreachable"


class ModelSourceError(Unavailable):
    """The model source is unavailable or denies access."""

    name = "model-source-error"
    exit_code = 69


class JobNotSuccessful(Problem):
    """The job ended without a transcript."""

    name = "job-not-successful"
    status = 409


class JobCancelled(JobNotSuccessful):
    """The job was cancelled."""

    name = "job-cancelled"
    exit_code = 75


class JobNotPolled(JobCancelled):
    """The job was cancelled because its caller had not asked for it for too long."""

    name = "job-not-polled"


class AttemptsExhausted(JobNotSuccessful):
    """All attempts at the job were lost."""

    name = "attempts-exhausted"
    status = 500


class DeadlineExceeded(JobNotSuccessful):
    """The deadline was exceeded before the transcript was available."""

    name = "deadline-exceeded"
    status = 504
    exit_code = 75


class JobQuarantined(JobNotSuccessful):
    """The job was quarantined because too many workers died while they ran it."""

    name = "job-quarantined"
    status = 500


class ServerError(Problem):
    """The farm failed to process a valid request."""

    name = "server-error"


class InvalidSettings(ServerError):
    """A setting is missing or invalid."""

    name = "invalid-settings"
    exit_code = 78


class MissingModel(ServerError):
    """A file of a model is missing."""

    name = "missing-model"
    exit_code = 78


class ModelIntegrityError(ServerError):
    """A model file failed verification, or its name is not allowed."""

    name = "model-integrity-error"
    exit_code = 65


class EngineFailed(ServerError):
    """The speech engine failed while it processed the job."""

    name = "engine-failed"


class ScratchFull(ServerError):
    """The worker has no disk space for the decoded audio."""

    name = "scratch-full"
    status = 507
    exit_code = 75


class WorkerLost(ServerError):
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


def _int_in_range(minimum: int, maximum: int, value: Any, *, default: int) -> int:
    is_valid = (
        isinstance(value, int) and not isinstance(value, bool) and minimum <= value <= maximum
    )
    return int(value) if is_valid else default


def from_wire(wire: Mapping[str, Any]) -> Problem:
    """Return the problem that a document describes; its `to_wire` returns the same document.

    The result is a `ForeignProblem` if this process has not imported the class, for example when
    the dispatcher reads a problem of a worker, and a `Problem` if the document has no name.
    """
    name = str(wire.get("name") or Problem.name)
    problem_type = PROBLEMS.get(name)
    problem = (
        ForeignProblem(wire)
        if problem_type is None
        else problem_type(str(wire.get("detail") or ""))
    )
    problem.status = _int_in_range(400, 599, wire.get("status"), default=problem.status)
    problem.exit_code = _int_in_range(1, 255, wire.get("exit_code"), default=problem.exit_code)
    problem.members = {key: value for key, value in wire.items() if key not in SCHEMA["properties"]}
    return problem
