#!/bin/sh
# As the official image: root gives the folder to redis and becomes it, for the server alone.
set -eu
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
    chown redis:redis /data
    exec setpriv --reuid redis --regid redis --init-groups -- "$@"
fi
exec "$@"
