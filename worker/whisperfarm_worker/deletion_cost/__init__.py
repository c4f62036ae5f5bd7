"""How dear the worker's own pod is to Kubernetes: idle workers are taken before busy ones."""

from whisperfarm_worker.deletion_cost.api_server import ApiServer, NotTold
from whisperfarm_worker.deletion_cost.pod import Pod, own_pod
from whisperfarm_worker.deletion_cost.telling import DeletionCost

__all__ = ["ApiServer", "DeletionCost", "NotTold", "Pod", "own_pod"]
