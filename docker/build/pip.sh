#!/bin/sh
# pip.sh install ...: install into the image's environment; pip.sh tools ...: install into the
# environment of the build's tools; other arguments go to pip. The build's secrets are used if they
# exist: a pip configuration (a mirror and its password) and the certificates of a TLS proxy.
set -eu
if [ -s /run/secrets/pip_conf ]; then export PIP_CONFIG_FILE=/run/secrets/pip_conf; fi
if [ -s /run/secrets/ca_bundle ]; then export PIP_CERT=/run/secrets/ca_bundle; fi
# An empty build argument must not override the index in the configuration.
if [ -z "${PIP_INDEX_URL:-}" ]; then unset PIP_INDEX_URL; fi
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_INPUT=1
case $1 in
    install) exec /opt/tools/bin/pip --python /opt/venv/bin/python "$@" ;;
    tools) shift && exec /opt/tools/bin/pip install "$@" ;;
    *) exec /opt/tools/bin/pip "$@" ;;
esac
