#!/bin/sh
# Gives each container its own directory for metrics: process ids repeat across containers, host names do not.
set -eu
PROMETHEUS_MULTIPROC_DIR="/app/var/metrics/$(hostname)"
export PROMETHEUS_MULTIPROC_DIR
mkdir -p "$PROMETHEUS_MULTIPROC_DIR"
rm -f "$PROMETHEUS_MULTIPROC_DIR"/*.db
exec "$@"
