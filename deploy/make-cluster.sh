#!/bin/sh
# Makes a cluster of Redis servers that know nobody yet, the first half of them primaries, and waits until all of them are in order:
# sh make-cluster.sh HOST:PORT... Does nothing but wait where there is a cluster already.
set -eu

ask() {
  server=$1
  shift
  redis-cli -h "${server%:*}" -p "${server##*:}" "$@"
}

in_order() {
  for server in "$@"; do
    ask "$server" cluster info | grep -q 'cluster_state:ok' || return 1
    # A replica that is connected, or a primary that has one.
    ask "$server" info replication | grep -Eq 'master_link_status:up|state=online' || return 1
  done
}

if ask "$1" cluster info | grep -q 'cluster_known_nodes:1[^0-9]'; then
  redis-cli --cluster create "$@" --cluster-replicas 1 --cluster-yes
fi

tries=120
until in_order "$@"; do
  tries=$((tries - 1))
  if [ $tries -eq 0 ]; then
    echo 'the cluster does not come up' >&2
    exit 1
  fi
  sleep 0.5
done
