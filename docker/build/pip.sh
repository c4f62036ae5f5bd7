#!/bin/sh
# pip.sh install ...: into the image's environment; pip.sh tools ...: into the build's own; anything
# else as pip has it. With the build's secrets where there are any: a pip configuration (a mirror,
# its password) and the certificates of whoever stands between this build and the index.
set -eu
if [ -s /run/secrets/pip_conf ]; then export PIP_CONFIG_FILE=/run/secrets/pip_conf; fi
if [ -s /run/secrets/ca_bundle ]; then export PIP_CERT=/run/secrets/ca_bundle; fi
# An empty argument of a build is no index, and must not hide the one in the configuration.
if [ -z "${PIP_INDEX_URL:-}" ]; then unset PIP_INDEX_URL; fi
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_INPUT=1
case $1 in
    install) exec /opt/tools/bin/pip --python /opt/venv/bin/python "$@" ;;
    tools) shift && exec /opt/tools/bin/pip install "$@" ;;
    *) exec /opt/tools/bin/pip "$@" ;;
esac
