#!/bin/sh
# Pull the models that DOWNLOAD_MODELS or ENVIRONMENT names into /models. Without either, leave it
# empty: the demo models are in the package. The builder caches pulled models, so that a build of
# new code does not download them again.
set -eu
export PATH="/opt/venv/bin:$PATH"
mkdir -p /models
if [ -z "${DOWNLOAD_MODELS:-}" ] && [ -z "${ENVIRONMENT:-}" ]; then
    echo "DOWNLOAD_MODELS and ENVIRONMENT are empty: the image has only the demo models"
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
