"""How dear the worker's own pod is to Kubernetes: idle workers are taken before busy ones."""
