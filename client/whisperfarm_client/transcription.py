"""The transcription of one recording, or of the legs of one call."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple

from whisperfarm_client import errors, output_names, submission
from whisperfarm_client.api import FarmApi
from whisperfarm_client.audio_file import AudioFile
from whisperfarm_client.errors import Stopped
from whisperfarm_client.report import Report
from whisperfarm_client.retried_requests import RetriedRequests
from whisperfarm_client.retry import Retrier
from whisperfarm_client.settings import Settings
from whisperfarm_client.transport import HttpConnection
from whisperfarm_contract.problems import Problem


class Transcription(NamedTuple):
    """A transcription from the audio to the output files, which are named after the first path.

    There is one path, unless the settings are for a call. `turn` is held while the audio is sent.
    """

    paths: Sequence[str]
    connection: HttpConnection
    retrier: Retrier
    settings: Settings
    report: Report
    turn: Callable[[], AbstractContextManager[None]] = nullcontext

    def run(self) -> Problem | None:
        """Transcribe. Returns the problem if that failed. Raises `Stopped`."""
        try:
            self._transcribe()
        except Problem as problem:
            return problem
        except Stopped:
            raise
        except Exception as error:
            return errors.unexpected(error)
        finally:
            self.report.clear()
        return None

    def _transcribe(self) -> None:
        audio = submission.open_audio(self.paths)
        settings = self.settings
        output_names.check_writable(
            output_names.output_paths(self.paths[0], settings.output_dir, settings.output_format)
        )
        farm = FarmApi(RetriedRequests(self.connection), lambda _: self.retrier, timeout_s=0.0)
        while not self._finish(self._submit(farm, audio), farm):
            pass  # the job was not polled while this process or its network was suspended

    def _submit(self, farm: FarmApi, audio: Sequence[AudioFile]) -> str:
        with self.turn():
            return submission.submit(farm, audio, self.settings, self.report.update)

    def _finish(self, job_id: str, farm: FarmApi) -> bool:
        """Write the outputs of the job once it has ended. Returns False if it was not polled."""
        # They are imported after the audio has been sent.
        from whisperfarm_client import transcript_output
        from whisperfarm_client.accepted_job import AcceptedJob

        try:
            job = AcceptedJob(job_id, farm, self.connection, self.report)
            document = job.transcript(silence_text=self.settings.silence_text)
            if document is None:
                return False
            transcript_output.write(document, self.paths[0], self.settings)
        except Exception as error:
            errors.attach_job_id(error, job_id)
            raise
        transcript_output.print_to(self.report, document, self.paths[0], self.settings)
        return True
