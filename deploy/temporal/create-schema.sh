#!/bin/sh
# Makes Temporal's two databases, or brings them to this server's version; the SQL_* variables say where. Can be repeated.
set -eu
for name in temporal visibility; do
  database=temporal
  [ "$name" = temporal ] || database=temporal_$name
  temporal-sql-tool --db "$database" create
  temporal-sql-tool --db "$database" setup-schema --version 0.0
  temporal-sql-tool --db "$database" update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/$name/versioned"
done
