#!/bin/sh
# Install the servers that the tests start for themselves: PostgreSQL, RabbitMQ, Redis and
# Prometheus; then amqp-publish, which one of the examples uses, the ffmpeg that most machines have,
# which the decoder is tested with beside its own, and strace, which watches for calls to a network, and
# Chromium, which opens the page for people.
# As root on Debian or Ubuntu it installs what is missing and starts nothing; elsewhere it says in
# one line what to install, and tests that need a missing server are skipped. With CI set, what
# stays missing is an error. The S3 server comes with the Python packages.
set -eu
POLICY=/usr/sbin/policy-rc.d

main() {
    packages=$(missing)
    [ -n "$packages" ] || exit 0
    if ! command -v apt-get >/dev/null; then
        leave_out "some tests need more servers; by the names of their Debian packages:$packages"
    elif [ "$(id -u)" -ne 0 ]; then
        leave_out "some tests need more packages: sudo apt-get install$packages"
    fi
    echo "== installing by apt what the tests start for themselves:$packages"
    install_quietly $packages || leave_out "apt-get could not install$packages"
}

missing() {
    PATH=$PATH:/usr/sbin
    has initdb || [ -n "$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null)" ] || printf ' postgresql'
    has rabbitmq-server || printf ' rabbitmq-server'
    has redis-server || printf ' redis-server'
    has ffmpeg || printf ' ffmpeg'
    has amqp-publish || printf ' amqp-tools'
    has promtool || printf ' prometheus'
    has chromium || printf ' chromium'
    has strace || printf ' strace'
}

has() {
    command -v "$1" >/dev/null
}

# apt starts what it installs, on the standard ports; while this policy lies there it does not.
install_quietly() {
    if [ ! -e $POLICY ]; then
        trap 'rm -f $POLICY' EXIT
        printf '#!/bin/sh\nexit 101\n' >$POLICY
        chmod +x $POLICY
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq && apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}

leave_out() {
    echo "== $1" >&2
    [ -z "${CI:-}" ]
    exit
}

main
