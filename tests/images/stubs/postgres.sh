#!/bin/sh
# As the official image: an empty folder becomes a database, with POSTGRES_USER, _PASSWORD and _DB.
set -eu
as_postgres() { setpriv --reuid postgres --regid postgres --init-groups -- "$@"; }
: "${POSTGRES_PASSWORD:?a password must be set}"
user=${POSTGRES_USER:-postgres}
chown -R postgres:postgres "$PGDATA"
chmod 700 "$PGDATA"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    echo "$POSTGRES_PASSWORD" > /tmp/password
    chmod 644 /tmp/password
    as_postgres initdb -D "$PGDATA" -U "$user" --pwfile=/tmp/password --auth-host=scram-sha-256 \
        --auth-local=trust --encoding=UTF8 --locale=C.UTF-8 >/dev/null
    rm /tmp/password
    echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
    as_postgres pg_ctl -D "$PGDATA" -w -o "-c listen_addresses= -k /tmp" start >/dev/null
    as_postgres createdb -h /tmp -U "$user" "${POSTGRES_DB:-$user}"
    as_postgres pg_ctl -D "$PGDATA" -w -m fast stop >/dev/null
fi
install -d -o postgres /var/run/postgresql
exec setpriv --reuid postgres --regid postgres --init-groups -- \
    postgres -D "$PGDATA" -c "listen_addresses=*"
