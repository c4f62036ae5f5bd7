#!/bin/sh
# A whole Ceph of its own in the folder given, in memory: one monitor, one store, and the S3 gateway.
# radosgw.sh FOLDER GATEWAY_PORT MONITOR_PORT, with ACCESS_KEY and SECRET_KEY in the environment.
# It ends, with all it has started, on SIGTERM.
set -eu
folder=$1 gateway_port=$2 monitor_port=$3
cd "$folder"
export CEPH_CONF=$folder/ceph.conf

main() {
    children=
    trap 'kill $children 2>/dev/null; wait; exit 0' TERM
    configure
    make_keys
    start_monitor
    start_store
    radosgw-admin user create --uid farm --display-name farm \
        --access-key "$ACCESS_KEY" --secret-key "$SECRET_KEY" >/dev/null
    begin radosgw -n client.gateway -f
    wait
}

configure() {
    fsid=$(cat /proc/sys/kernel/random/uuid)
    mkdir -p monitor store
    cat >ceph.conf <<END
[global]
fsid = $fsid
mon_host = [v2:127.0.0.1:$monitor_port/0]
mon_initial_members = a
mon_data = $folder/monitor
osd_data = $folder/store
rgw_data = $folder
keyring = $folder/keyring
run_dir = $folder
admin_socket =
pid_file =
log_file =
public_network = 127.0.0.0/8
osd_objectstore = memstore
memstore_device_bytes = 2147483648
osd_pool_default_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
[client.gateway]
rgw_frontends = beast endpoint=127.0.0.1:$gateway_port
END
}

make_keys() {
    ceph-authtool --create-keyring keyring --gen-key -n mon. --cap mon 'allow *' >/dev/null
    for name in client.admin client.gateway osd.0; do
        ceph-authtool keyring --gen-key -n $name --cap mon 'allow *' --cap osd 'allow *' >/dev/null
    done
}

start_monitor() {
    monmaptool --create --addv a "[v2:127.0.0.1:$monitor_port]" --fsid "$fsid" monmap >/dev/null
    quietly ceph-mon --mkfs -i a --monmap monmap --keyring keyring
    begin ceph-mon -i a -f
}

start_store() {
    store=$(cat /proc/sys/kernel/random/uuid)
    timeout 60 ceph osd new "$store" >/dev/null
    quietly ceph-osd -i 0 --mkfs --osd-uuid "$store"
    begin ceph-osd -i 0 -f
}

begin() {
    "$@" >/dev/null 2>"$folder/$1.log" &
    children="$children $!"
}

quietly() {
    "$@" >"$1.log" 2>&1 || { tail -n 5 "$1.log"; exit 1; }
}

main
