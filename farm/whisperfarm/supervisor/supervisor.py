"""The supervisor of `whisperfarm up`: starts, restarts and stops the parts."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

from whisperfarm.supervisor.backoff import Backoff
from whisperfarm.supervisor.parent_watch import SUPERVISOR_PID_VARIABLE
from whisperfarm_contract.problems import InvalidSettings

PrintLine = Callable[[str], None]
Command = Callable[[str], Sequence[str]]
Environment = Callable[[str], Mapping[str, str]]


def command_of(component: str) -> Sequence[str]:
    """Return the command line of a part; the part's name is visible in `ps`."""
    return (sys.executable, "-m", "whisperfarm", component)


class Supervisor:
    """Keeps parts running as child processes until it is stopped.

    A part that ends with the exit code of invalid settings is not restarted, because it would end
    again. `stop_timeout_s` is the time between SIGTERM and SIGKILL; `environment` returns
    additional variables of a part.
    """

    def __init__(
        self,
        components: Sequence[str],
        *,
        stop_timeout_s: float,
        print_line: PrintLine,
        command: Command = command_of,
        environment: Environment = lambda _: {},
    ) -> None:
        self._components = components
        self._stop_timeout_s = stop_timeout_s
        self._print_line = print_line
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
        await asyncio.gather(*(self._supervise(component) for component in self._components))
        return self._exit_code

    def stop(self) -> None:
        """Stop all parts; `run` returns when they have ended."""
        if not self.stopping:
            self._print_line("stopping: running jobs are finished or requeued")
        self._stopping.set()

    async def _supervise(self, component: str) -> None:
        backoff = Backoff()
        while not self.stopping:
            started = time.monotonic()
            process = await self._start(component)
            await self._unless_stopping(process.wait())
            if process.returncode is None:
                return await self._terminate(component, process)
            if self._may_restart(component, process.returncode):
                wait_s = backoff.next_after(uptime_s=time.monotonic() - started)
                self._print_line(f"restarting the {component} in {wait_s:g} s")
                await self._unless_stopping(asyncio.sleep(wait_s))

    async def _start(self, component: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *self._command(component),
            env={
                **os.environ,
                **self._environment(component),
                SUPERVISOR_PID_VARIABLE: str(os.getpid()),
            },
            # Ctrl-C on the terminal must only reach the supervisor, which then stops the parts.
            start_new_session=True,
        )

    async def _unless_stopping(self, awaitable: Awaitable[object]) -> None:
        """Wait for `awaitable` or for `stop`, whichever comes first."""
        task = asyncio.ensure_future(awaitable)
        stop = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
        for one in (task, stop):
            one.cancel()

    def _may_restart(self, component: str, code: int) -> bool:
        if self.stopping:
            return False
        if code == InvalidSettings.exit_code:
            self._print_line(f"the {component} cannot start; see its last message")
            self._exit_code = code
            self._stopping.set()
            return False
        self._print_line(f"the {component} {_exit_text(code)}")
        return True

    async def _terminate(self, component: str, process: asyncio.subprocess.Process) -> None:
        process.terminate()
        try:
            async with asyncio.timeout(self._stop_timeout_s):
                await process.wait()
        except TimeoutError:
            self._print_line(
                f"the {component} did not stop within {self._stop_timeout_s:g} s and is killed"
            )
            process.kill()
            await process.wait()


def _exit_text(code: int) -> str:
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
