#!/bin/sh
# Submit a recording over RabbitMQ.
#
#   apt-get install amqp-tools
#   AMQP_URL=amqp://user:password@host:5672/%2F ./submit.sh call.wav
#
# With its digest as the message id, a recording that is submitted twice becomes one job.
set -eu
recording=$1
id=$(sha256sum "$recording" | cut -c1-64)
{
    printf '{"id": "%s", "audio": {"base64": "' "$id"
    base64 -w0 "$recording"
    printf '"}}'
} | amqp-publish --url="$AMQP_URL" --routing-key=whisperfarm.jobs \
    --content-type=application/json --persistent
