"""Sets `controller.kubernetes.io/pod-deletion-cost` on the worker's pod: idle workers go first.

- `policy`: the cost that the pod should have now
- `updater`: applies it periodically
- `api_server`, `pod`: the call to Kubernetes, and the pod that this process runs in
"""
