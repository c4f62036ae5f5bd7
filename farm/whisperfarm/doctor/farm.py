"""Checks whether a farm runs."""

from whisperfarm.data_dir_lock import Holder, holder
from whisperfarm.doctor.finding import Finding, ok, run_check, warn
from whisperfarm.readiness import DISPATCHER, failed_checks, http_url
from whisperfarm_dispatcher.settings import DispatcherSettings


def farm() -> Finding:
    """Report whether the farm of this data folder runs, or else one on the configured port."""

    def check() -> Finding:
        settings = DispatcherSettings()
        running = holder(settings.data_dir)
        url = (running and running.url) or http_url(settings.host, settings.port)
        return _assess(url, failed_checks(url), running)

    return run_check("farm", check, hint="check WHISPERFARM_HOST and WHISPERFARM_PORT")


def _assess(url: str, failed: list[str], running: Holder | None) -> Finding:
    process = f" (process {running.pid})" if running else ""
    if not failed:
        return ok("farm", f"a farm runs at {url}{process} and is ready")
    if failed != [DISPATCHER]:
        text = f"a farm runs at {url}{process} and is not ready: waiting for {', '.join(failed)}"
        return warn("farm", text, hint="read its log, and list its workers: `whisperfarm workers`")
    if running:
        text = f"process {running.pid} runs a farm, and its dispatcher does not answer at {url}"
        return warn("farm", text, hint="wait for its start, or read its log")
    return warn("farm", f"no farm runs at {url}", hint="start one with `whisperfarm up`")
