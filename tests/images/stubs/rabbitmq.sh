#!/bin/sh
# As the official image: the folder is given to rabbitmq. RABBITMQ_DEFAULT_USER, _PASS and _VHOST are
# read by the server itself.
set -eu
find /var/lib/rabbitmq ! -user rabbitmq -exec chown rabbitmq:rabbitmq {} +
exec setpriv --reuid rabbitmq --regid rabbitmq --init-groups -- rabbitmq-server
