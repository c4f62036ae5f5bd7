"""Sets `controller.kubernetes.io/pod-deletion-cost` on the worker's own pod: idle workers go first.

- `policy`: which cost the pod should have now
- `updater`: a periodic task that applies it
- `api_server`, `pod`: the one call to Kubernetes, and the pod that this process runs in
"""
