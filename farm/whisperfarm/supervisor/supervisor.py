"""The supervisor of `whisperfarm up`: starts, restarts and stops the parts."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

from whisperfarm.supervisor.backoff import Backoff
from whisperfarm.supervisor.parent_watch import SUPERVISOR
from whisperfarm_contract.problems import SettingsWrong

Say = Callable[[str], None]
Command = Callable[[str], Sequence[str]]
Environment = Callable[[str], Mapping[str, str]]


def command_of(part: str) -> Sequence[str]:
    """Return the command line of a part; the part's name is visible in `ps`."""
    return (sys.executable, "-m", "whisperfarm", part)


class Supervisor:
    """Keeps parts running as child processes until it is stopped.

    A part that ends with the exit code of invalid settings is not restarted, because it would end
    again. `stop_limit_s` is the time between SIGTERM and SIGKILL; `environment` returns additional
    variables of a part.
    """

    def __init__(
        self,
        parts: Sequence[str],
        *,
        stop_limit_s: float,
        say: Say,
        command: Command = command_of,
        environment: Environment = lambda _: {},
    ) -> None:
        self._parts = parts
        self._stop_limit_s = stop_limit_s
        self._say = say
        self._command = command
        self._environment = environment
        self._stopping = asyncio.Event()
        self._exit_code = 0

    @property
    def stopping(self) -> bool:
        """Whether the supervisor is stopping the parts."""
        return self._stopping.is_set()

    async def run(self) -> int:
        """Run until SIGINT, SIGTERM or a part with invalid settings. Returns the exit code."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.stop)
        await asyncio.gather(*(self._keep(part) for part in self._parts))
        return self._exit_code

    def stop(self) -> None:
        """Stop all parts; `run` returns when they have ended."""
        if not self.stopping:
            self._say("stopping: running jobs are finished or requeued")
        self._stopping.set()

    async def _keep(self, part: str) -> None:
        backoff = Backoff()
        while not self.stopping:
            began = time.monotonic()
            process = await self._start(part)
            await self._unless_stopping(process.wait())
            if process.returncode is None:
                return await self._end(part, process)
            if self._may_start_again(part, process.returncode):
                wait_s = backoff.after(ran_s=time.monotonic() - began)
                self._say(f"restarting the {part} in {wait_s:g} s")
                await self._unless_stopping(asyncio.sleep(wait_s))

    async def _start(self, part: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *self._command(part),
            env={**os.environ, **self._environment(part), SUPERVISOR: str(os.getpid())},
            # Ctrl-C on the terminal must only reach the supervisor, which then stops the parts.
            start_new_session=True,
        )

    async def _unless_stopping(self, doing: Awaitable[object]) -> None:
        """Wait for `doing` or for `stop`, whichever comes first."""
        task = asyncio.ensure_future(doing)
        stop = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
        for one in (task, stop):
            one.cancel()

    def _may_start_again(self, part: str, code: int) -> bool:
        if self.stopping:
            return False
        if code == SettingsWrong.exit_code:
            self._say(f"the {part} cannot start; see its last message")
            self._exit_code = code
            self._stopping.set()
            return False
        self._say(f"the {part} {_ending(code)}")
        return True

    async def _end(self, part: str, process: asyncio.subprocess.Process) -> None:
        process.terminate()
        try:
            async with asyncio.timeout(self._stop_limit_s):
                await process.wait()
        except TimeoutError:
            self._say(f"the {part} did not stop within {self._stop_limit_s:g} s and is killed")
            process.kill()
            await process.wait()


def _ending(code: int) -> str:
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
