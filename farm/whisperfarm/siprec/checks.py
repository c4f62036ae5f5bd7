"""Checks of SIPREC's settings, of the command that they name, and of the farm behind it."""

import os
import shutil
import subprocess
from argparse import ArgumentTypeError
from collections.abc import Mapping

from whisperfarm.doctor.finding import Finding, fail, ok, run_check, warn
from whisperfarm.remote.connection import open_farm
from whisperfarm.siprec.settings import DEFAULT_RATE_HZ, SiprecSettings
from whisperfarm_client.arg_types import duration_s

VERSION_TIMEOUT_S = 5.0
"""How long SIPREC waits for `--version` at its start."""

BREAKER_S = 45.0
"""When SIPREC ends every request, counted from the start of the stream."""

_FARM_TIMEOUT_S = 10.0
_INSTALL = "set WHISPER_BINARY_PATH to the path of whisper-remote, which must be executable"


def command(settings: SiprecSettings) -> Finding:
    """Find the command like SIPREC, and run it with `--version`."""
    path = shutil.which(settings.command)
    if path is None:
        return fail("command", f"{settings.command} is not an executable file", hint=_INSTALL)
    try:
        ended = subprocess.run(
            [path, "--version"],
            capture_output=True,
            text=True,
            timeout=VERSION_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return fail("command", f"{path} --version does not end: {error}", hint=_INSTALL)
    printed = (ended.stdout + ended.stderr).strip()
    if ended.returncode:
        text = f"{path} --version ends with exit code {ended.returncode}: {printed[-500:]}"
        return fail("command", text, hint=_INSTALL)
    if not printed.startswith("whisper-remote"):
        return warn("command", f"{path} is not whisper-remote: {printed[:100]}", hint=_INSTALL)
    return ok("command", f"{path} is {printed}")


def timeout(settings: SiprecSettings, environ: Mapping[str, str]) -> Finding:
    """Compare the job's deadline with the time after which SIPREC kills the command."""
    if not settings.timeout[-1:].isalpha():
        return fail(
            "timeout",
            f"SIPREC reads WHISPER_TIMEOUT={settings.timeout} as {settings.timeout_s:g} s",
            hint=f"write it with a unit: WHISPER_TIMEOUT={settings.timeout}s",
        )
    wanted = f"set WHISPERFARM_DEADLINE={settings.timeout}"
    try:
        deadline_s = _duration_s(environ, "WHISPERFARM_DEADLINE")
        unpolled_s = _duration_s(environ, "WHISPERFARM_CANCEL_UNLESS_POLLED")
    except ArgumentTypeError as error:
        return fail("timeout", str(error), hint=wanted)
    if deadline_s and deadline_s > settings.timeout_s:
        text = f"WHISPERFARM_DEADLINE is longer than WHISPER_TIMEOUT={settings.timeout}"
        return warn("timeout", text, hint=wanted)
    if not deadline_s and unpolled_s == 0:
        return warn("timeout", "a job whose command is killed runs on until it ends", hint=wanted)
    return ok("timeout", f"the command is killed after {settings.timeout}, and its job cancelled")


def _duration_s(environ: Mapping[str, str], name: str) -> float | None:
    """Return the seconds of a variable, or `None` if it is not set."""
    text = environ.get(name, "").strip()
    try:
        return duration_s(text) if text else None
    except ArgumentTypeError as error:
        raise ArgumentTypeError(f"{name}: {error}") from None


def rate(settings: SiprecSettings) -> Finding:
    """Report the rate that is sent, which must be that of SIPREC's streams."""
    text = f"samples are sent as {settings.true_rate_hz} Hz"
    if settings.true_rate_hz == settings.header_rate_hz == DEFAULT_RATE_HZ:
        hint = "if the streams are G.711 or G.729, set WHISPERFARM_SAMPLE_RATE=8000"
        return warn("rate", f"{text}; SIPREC never resamples", hint=hint)
    return ok("rate", text)


def recordings(settings: SiprecSettings) -> Finding:
    """Check that the finished recordings can be read, which calls of over 45 s need."""
    folder = settings.recordings
    if folder is None:
        hint = "set RECORDING_DIR if calls may last longer than 45 s"
        return warn("folder", "RECORDING_DIR is not set", hint=hint)
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.X_OK):
        hint = "create it, and let this user read it; or correct RECORDING_DIR"
        return fail("folder", f"{folder} is not a folder that can be read", hint=hint)
    return ok("folder", f"{folder} can be read")


def farm(settings: SiprecSettings) -> Finding:
    """Connect with the settings of the command, and look for its model among the presets."""

    def check() -> Finding:
        with open_farm(url=None, api_key_file=None, timeout=_FARM_TIMEOUT_S) as remote:
            presets = {preset["name"]: preset for preset in remote.presets()}
        found = presets.get(settings.model)
        served = ", ".join(name for name, preset in presets.items() if preset["is_served"])
        if found is None:
            text = f"answers and accepts the key; {settings.model} is not a preset of its own"
            return warn("farm", text, hint=f"set WHISPER_MODEL to one of: {served}")
        if not found["is_served"]:
            text = f"no worker serves the preset {settings.model}"
            return fail("farm", text, hint=f"start one, or set WHISPER_MODEL to one of: {served}")
        return ok("farm", f"answers, accepts the key and serves {settings.model}")

    hint = "check WHISPERFARM_URL, WHISPERFARM_API_KEY_FILE and WHISPERFARM_CA_FILE"
    return run_check("farm", check, hint=hint)
