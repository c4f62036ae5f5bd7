"""The pod that this process runs in, as Kubernetes describes it to its containers."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from whisperfarm_contract.problems import InvalidSettings

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where Kubernetes mounts the credentials for the API server."""

_HOST, _PORT = "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT_HTTPS"
_FILES = ("ca.crt", "namespace", "token")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """The pod and its access to the API server. Kubernetes renews the token's file about hourly."""

    name: str
    namespace: str
    api_host: str
    api_port: int
    ca_file: Path
    token_file: Path


def own_pod(environ: Mapping[str, str], *, folder: Path = SERVICE_ACCOUNT) -> Pod:
    """Return the pod of this process.

    Raises `InvalidSettings`, naming what is missing, if the process does not run in a pod.
    """
    name = environ.get("POD_NAME") or environ.get("HOSTNAME")
    missing = [one for one in (_HOST, _PORT) if not environ.get(one)]
    missing += [] if name else ["POD_NAME"]
    missing += [str(folder / one) for one in _FILES if not (folder / one).is_file()]
    if not name or missing:
        raise InvalidSettings(
            "WHISPERFARM_POD_DELETION_COST works only in a Kubernetes pod with a service account"
            f" token; missing: {', '.join(missing)}. Unset it elsewhere; in the chart, set"
            " scaling.podDeletionCost"
        )
    return Pod(
        name=name,
        namespace=(folder / "namespace").read_text(encoding="utf-8").strip(),
        api_host=environ[_HOST],
        api_port=_port(environ[_PORT]),
        ca_file=folder / "ca.crt",
        token_file=folder / "token",
    )


def _port(value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise InvalidSettings(f"{_PORT}: {value} is not a port") from None
