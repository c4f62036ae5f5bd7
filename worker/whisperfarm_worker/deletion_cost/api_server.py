"""Client of the Kubernetes API server: sets one annotation of the worker's pod."""

import json
from urllib.parse import quote

from urllib3 import HTTPSConnectionPool
from urllib3.exceptions import HTTPError, SSLError
from urllib3.util import Timeout

from whisperfarm_worker.deletion_cost.pod import Pod

ANNOTATION = "controller.kubernetes.io/pod-deletion-cost"

_TIMEOUT = Timeout(connect=2, read=5)
_OK = 200
_HINTS = {
    401: "the service account's token is not valid; mount a current one",
    403: "the service account may not patch pods; bind it a Role with the verb patch on pods, as"
    " the chart's scaling.podDeletionCost does",
    404: "the pod was not found; set POD_NAME from metadata.name",
}


class PatchFailed(Exception):
    """The API server did not store the cost; the message says why, and what to do."""


class ApiServer:
    """Client of the API server for one pod."""

    def __init__(self, pod: Pod) -> None:
        self._pod = pod
        self._path = f"/api/v1/namespaces/{quote(pod.namespace)}/pods/{quote(pod.name)}"

    def patch(self, cost: int) -> None:
        """Set the deletion cost of the pod. Raises `PatchFailed`."""
        try:
            status = self._send_patch(cost)
        except SSLError as error:
            raise PatchFailed(
                f"the API server's certificate does not match {self._pod.ca_file}: {error}"
            ) from error
        except (HTTPError, OSError) as error:
            raise PatchFailed(
                f"the API server cannot be reached: {error}; in the chart, allow it with"
                " networkPolicy.apiServer"
            ) from error
        except ValueError:  # its text contains the token
            raise PatchFailed(f"{self._pod.token_file} does not contain a token") from None
        if status != _OK:
            hint = _HINTS.get(status, "try again later")
            raise PatchFailed(f"the API server answers {status} to PATCH {self._path}: {hint}")

    def _send_patch(self, cost: int) -> int:
        """Return the response's status. Token and CA may change, so each call reads them again."""
        body = {"metadata": {"annotations": {ANNOTATION: str(cost)}}}
        headers = {
            "Authorization": f"Bearer {self._pod.token_file.read_text(encoding='ascii').strip()}",
            "Content-Type": "application/merge-patch+json",
            "User-Agent": "whisperfarm",
        }
        # Without a proxy, even if the environment names one: the API server is in the cluster.
        with HTTPSConnectionPool(
            self._pod.api_host,
            self._pod.api_port,
            ca_certs=str(self._pod.ca_file),
            cert_reqs="CERT_REQUIRED",
            timeout=_TIMEOUT,
            retries=False,
        ) as pool:
            response = pool.urlopen(
                "PATCH",
                self._path,
                body=json.dumps(body),
                headers=headers,
                redirect=False,
                preload_content=False,
            )
            response.close()
            return int(response.status)
