#!/bin/sh
# Fill /models with what DOWNLOAD_MODELS (or ENVIRONMENT) names; with neither, leave it empty: the
# demo models are in the package. What was pulled once stays in a cache of the builder, so that new
# code does not fetch it again.
set -eu
export PATH="/opt/venv/bin:$PATH"
mkdir -p /models
if [ -z "${DOWNLOAD_MODELS:-}" ] && [ -z "${ENVIRONMENT:-}" ]; then
    echo "no models are asked for: the image has the demo models alone"
    exit 0
fi
if [ -s /run/secrets/hf_token ]; then HF_TOKEN=$(cat /run/secrets/hf_token); export HF_TOKEN; fi
if [ -s /run/secrets/ca_bundle ]; then export SSL_CERT_FILE=/run/secrets/ca_bundle; fi
if [ -s /run/secrets/presets ]; then export WHISPERFARM_PRESETS_FILE=/run/secrets/presets; fi
if [ -n "$(ls -A /carried)" ]; then MODELS_FROM=/carried; fi
export WHISPERFARM_MODELS_LANGUAGES="$MODELS_LANGUAGES" WHISPERFARM_MODELS_HUB_URL="$MODELS_HUB_URL"
WHISPERFARM_MODELS_DIR=/var/cache/models whisperfarm models pull --from "$MODELS_FROM"
WHISPERFARM_MODELS_DIR=/models whisperfarm models pull --from /var/cache/models
WHISPERFARM_MODELS_DIR=/models whisperfarm models verify
