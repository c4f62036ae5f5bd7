#!/bin/sh
# Install Python if the base image has none, such as NVIDIA's.
set -eu
if python3 -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then exit 0; fi
apt-get update
apt-get install -y --no-install-recommends python3 python3-venv ca-certificates
rm -rf /var/lib/apt/lists/*
