#!/bin/sh
# build.sh dispatcher|cpu|gpu|edge: build an image, with its versions as labels.
#
# Optional environment variables: BASE_IMAGE, DOWNLOAD_MODELS, ENVIRONMENT, MODELS_LANGUAGES,
# MODELS_FROM, MODELS_HUB_URL, PIP_INDEX_URL, TORCH_INDEX_URL (may be set to the empty string);
# CARRIED: a folder of models; PIP_CONF, CA_BUNDLE, HF_TOKEN_FILE, PRESETS: files whose content stays
# out of the image. ENGINE: docker, podman or buildah; default: the first that responds.
set -eu
kind=${1:?name the image: dispatcher, cpu, gpu or edge}
cd "$(dirname "$0")/.."

# shellcheck source-path=SCRIPTDIR source=engine.sh
. docker/engine.sh
choose_engine docker podman buildah || exit 1

version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
case $kind in
    dispatcher) tag=whisperfarm-dispatcher:$version ;;
    *) tag=whisperfarm-worker:$version-$kind ;;
esac

set -- -f "docker/Dockerfile.$kind" -t "$tag" --build-arg "VERSION=$version"
set -- "$@" --build-arg "REVISION=$(git rev-parse HEAD 2>/dev/null || echo unknown)"
set -- "$@" --build-arg "CREATED=$(date -u +%Y-%m-%dT%H:%M:%SZ)"
for name in BASE_IMAGE PIP_INDEX_URL TORCH_INDEX_URL \
    DOWNLOAD_MODELS ENVIRONMENT MODELS_LANGUAGES MODELS_FROM MODELS_HUB_URL; do
    if value=$(printenv "$name") && grep -q "^ARG $name=" "docker/Dockerfile.$kind"; then
        set -- "$@" --build-arg "$name=$value"
    fi
done
for pair in pip_conf:PIP_CONF ca_bundle:CA_BUNDLE hf_token:HF_TOKEN_FILE presets:PRESETS; do
    if file=$(printenv "${pair#*:}") && [ -n "$file" ]; then
        set -- "$@" --secret "id=${pair%%:*},src=$file"
    fi
done
if [ -n "${CARRIED:-}" ]; then set -- "$@" --build-context "carried=$CARRIED"; fi
if [ "$kind" != dispatcher ]; then
    stamp=$(cat /dev/null "${PRESETS:-/dev/null}" "${CARRIED:-/dev/null}"/model_inventory.json \
        2>/dev/null | sha256sum)
    set -- "$@" --build-arg "MODELS_STAMP=${stamp%% *}"
fi
# Podman's default image format has no health checks.
if [ "$engine" != docker ]; then set -- --format docker --layers "$@"; fi

echo "building $tag with $engine"
# shellcheck disable=SC2086 # BUILD_FLAGS may be several words
exec "$engine" build ${BUILD_FLAGS:-} "$@" .
