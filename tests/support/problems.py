"""Every problem of the tree: a class joins the registry when its module is imported."""

from whisperfarm_client import errors as client_errors
from whisperfarm_contract.problems import PROBLEMS
from whisperfarm_store import blobs, ledger
from whisperfarm_worker.engines import errors as engine_errors

DECLARING = (client_errors, blobs, ledger, engine_errors)
"""The modules beside the contract that declare problems."""

EVERY = tuple(sorted(PROBLEMS.values(), key=lambda kind: kind.name))
