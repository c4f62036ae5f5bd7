"""The permission that each route and message requires.

A route that is missing here rejects all requests.
"""

from collections.abc import Mapping
from types import MappingProxyType

from whisperfarm_contract.permissions import Permission

ROUTES: Mapping[str, Permission | None] = MappingProxyType(
    {
        "submit_job": Permission.SUBMIT_JOBS,
        "list_jobs": Permission.READ_JOBS,
        "get_job": Permission.READ_JOBS,
        "follow_jobs": Permission.READ_JOBS,
        "follow_job": Permission.READ_JOBS,
        "cancel_job": Permission.CANCEL_JOBS,
        "erase_job": Permission.ERASE_JOBS,
        "hold_job": Permission.HOLD_JOBS,
        "release_job": Permission.HOLD_JOBS,
        "hold_jobs": Permission.HOLD_JOBS,
        "release_jobs": Permission.HOLD_JOBS,
        "retry_job": Permission.SUBMIT_JOBS,
        "get_result": Permission.READ_TRANSCRIPTIONS,
        "list_additions": Permission.READ_TRANSCRIPTIONS,
        "get_audio": Permission.READ_RECORDINGS,
        "get_waveform": Permission.READ_RECORDINGS,
        "get_custody": Permission.READ_CUSTODY,
        "list_revisions": Permission.READ_TRANSCRIPTIONS,
        "get_difference": Permission.READ_TRANSCRIPTIONS,
        "correct_transcript": Permission.WRITE_ANNOTATIONS,
        "approve_revision": Permission.APPROVE_CRITICAL_CASES,
        "create_upload_token": Permission.SUBMIT_JOBS,
        "upload": None,
        "get_transfer": Permission.SUBMIT_JOBS,
        "append_chunk": Permission.SUBMIT_JOBS,
        "delete_transfer": Permission.SUBMIT_JOBS,
        "submit_transfer_job": Permission.SUBMIT_JOBS,
        "get_forward": Permission.READ_JOBS,
        "get_batch": Permission.READ_JOBS,
        "cancel_batch": Permission.CANCEL_JOBS,
        "list_callbacks": Permission.READ_JOBS,
        "replay_callbacks": Permission.REPLAY_CALLBACKS,
        "create_transcription": Permission.SUBMIT_JOBS,
        "create_translation": Permission.SUBMIT_JOBS,
        "list_models": Permission.SUBMIT_JOBS,
        "get_model": Permission.SUBMIT_JOBS,
        "list_presets": Permission.READ_JOBS,
        "list_pauses": Permission.OPERATE_FARM,
        "set_pause": Permission.OPERATE_FARM,
        "end_pause": Permission.OPERATE_FARM,
        "list_vocabularies": Permission.SUBMIT_JOBS,
        "get_vocabulary": Permission.SUBMIT_JOBS,
        "put_vocabulary": Permission.EDIT_VOCABULARIES,
        "delete_vocabulary": Permission.EDIT_VOCABULARIES,
        "enrol_speaker": Permission.ENROL_SPEAKERS,
        "list_speakers": Permission.ENROL_SPEAKERS,
        "get_speaker": Permission.ENROL_SPEAKERS,
        "erase_speaker": Permission.ENROL_SPEAKERS,
        "list_usage": Permission.READ_USAGE,
        "list_audit": Permission.READ_AUDIT,
        "transcribe": Permission.SUBMIT_JOBS,
        "listen": Permission.SUBMIT_JOBS,
        "transcribe_call": Permission.SUBMIT_JOBS,
        "health": None,
        "asr": Permission.SUBMIT_JOBS,
        "detect_language": Permission.SUBMIT_JOBS,
        "linto_job": Permission.READ_JOBS,
        "linto_result": Permission.READ_TRANSCRIPTIONS,
        "job_message": None,
        "healthz": None,
        "readyz": None,
        "home": None,
        "jobs_page": Permission.READ_JOBS,
        "transcript_page": Permission.READ_JOBS,
        "batches_page": Permission.READ_JOBS,
        "batch_page": Permission.READ_JOBS,
        "overview_page": Permission.OPERATE_FARM,
        "sign_in": None,
        "sign_out": None,
        "begin_sign_in": None,
        "finish_sign_in": None,
        "page_file": None,
        "docs": None,
        "docs_file": None,
    }
)
"""Permissions by the name of the route. `None`: no API key is required."""

MESSAGES: Mapping[str, Permission] = MappingProxyType(
    {"job": Permission.SUBMIT_JOBS, "result": Permission.READ_TRANSCRIPTIONS}
)
"""Permissions by what a message of the AMQP ingress asks for: its job, and the job's transcript."""
