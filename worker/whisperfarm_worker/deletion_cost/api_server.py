"""The one call to the cluster's API server: the pod's own annotation, and nothing else."""

import json
from urllib.parse import quote

from urllib3 import HTTPSConnectionPool
from urllib3.exceptions import HTTPError, SSLError
from urllib3.util import Timeout

from whisperfarm_worker.deletion_cost.pod import Pod

ANNOTATION = "controller.kubernetes.io/pod-deletion-cost"

_TIMEOUT = Timeout(connect=2, read=5)
_OK = 200
_WHAT_TO_DO = {
    401: "it does not take the service account's token",
    403: "the service account may not patch pods: bind it a Role with the verb patch on pods, as"
    " the chart's scaling.podDeletionCost does",
    404: "it knows no such pod: set POD_NAME from metadata.name",
}


class NotTold(Exception):
    """The API server did not take the cost; the text says why, and what to do."""


class ApiServer:
    """The API server, as far as it concerns one pod."""

    def __init__(self, pod: Pod) -> None:
        self._pod = pod
        self._path = f"/api/v1/namespaces/{quote(pod.namespace)}/pods/{quote(pod.name)}"

    def tell(self, cost: int) -> None:
        """Write the cost on the pod. Raises `NotTold`."""
        try:
            status = self._patch(cost)
        except SSLError as error:
            raise NotTold(f"{self._pod.ca_file} knows no such API server: {error}") from error
        except (HTTPError, OSError) as error:
            raise NotTold(
                f"the API server can not be reached: {error}; in the chart see"
                " networkPolicy.apiServer"
            ) from error
        except ValueError:  # whose text has the token in it
            raise NotTold(f"{self._pod.token_file} holds no token") from None
        if status != _OK:
            why = _WHAT_TO_DO.get(status, "try again later")
            raise NotTold(f"the API server answers {status} to PATCH {self._path}: {why}")

    def _patch(self, cost: int) -> int:
        """The answer's status. A connection for each call: token and authority may have changed."""
        body = {"metadata": {"annotations": {ANNOTATION: str(cost)}}}
        headers = {
            "Authorization": f"Bearer {self._pod.token_file.read_text(encoding='ascii').strip()}",
            "Content-Type": "application/merge-patch+json",
            "User-Agent": "whisperfarm",
        }
        # No proxy, whatever the environment says: the API server is the cluster's own.
        with HTTPSConnectionPool(
            self._pod.api_host,
            self._pod.api_port,
            ca_certs=str(self._pod.ca_file),
            cert_reqs="CERT_REQUIRED",
            timeout=_TIMEOUT,
            retries=False,
        ) as pool:
            answer = pool.urlopen(
                "PATCH",
                self._path,
                body=json.dumps(body),
                headers=headers,
                redirect=False,
                preload_content=False,
            )
            answer.close()
            return int(answer.status)
