"""All problems: importing a module registers its classes."""

from whisperfarm_client import errors as client_errors
from whisperfarm_contract.problems import PROBLEMS
from whisperfarm_store import blobs, ledger
from whisperfarm_worker.engines import errors as engine_errors

DECLARING = (client_errors, blobs, ledger, engine_errors)
"""The modules besides the contract that declare problems."""

EVERY = tuple(sorted(PROBLEMS.values(), key=lambda kind: kind.name))
