#!/bin/sh
# Makes Temporal's databases in PostgreSQL and brings their schema up to date. Safe to repeat.
set -eu

tool=${TEMPORAL_SQL_TOOL:-temporal-sql-tool}
schema=${TEMPORAL_SCHEMA:-/etc/temporal/schema}/postgresql/v12

# update DATABASE FOLDER
update() {
  sql() { "$tool" --plugin "$DB" --ep "$POSTGRES_SEEDS" --port "$DB_PORT" --user "$POSTGRES_USER" --db "$@"; }
  sql "$1" create
  # Only a new database has no version yet.
  sql "$1" update-schema --schema-dir "$schema/$2/versioned" || {
    sql "$1" setup-schema --version 0.0
    sql "$1" update-schema --schema-dir "$schema/$2/versioned"
  }
}

update temporal temporal
update temporal_visibility visibility
