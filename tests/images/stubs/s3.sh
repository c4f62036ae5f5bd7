#!/bin/sh
# As Versity's image is used: VGW_BACKEND=posix, objects as files below VGW_BACKEND_ARG, the keys in
# ROOT_ACCESS_KEY and ROOT_SECRET_KEY, port 7070, and VGW_HEALTH, a path that answers anybody. The server
# is rclone's, which has no such path: haproxy before it answers there.
set -eu
[ "$VGW_BACKEND" = posix ] || { echo "this stand-in keeps files alone: VGW_BACKEND=posix" >&2; exit 1; }
export VGW_HEALTH RCLONE_CONFIG=/dev/null
export RCLONE_AUTH_KEY="\"$ROOT_ACCESS_KEY,$ROOT_SECRET_KEY\""
rclone serve s3 --addr 127.0.0.1:7071 "$VGW_BACKEND_ARG" &
exec haproxy -q -f /usr/local/bin/s3.cfg
