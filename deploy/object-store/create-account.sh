#!/bin/sh
# Makes the account that the worker uses: it owns the pipeline's bucket, and may do nothing else. Running it again changes the account's
# secret key to the one that is given.
set -eu
versitygw=/usr/local/bin/versitygw
bucket=eastrockvalley-test
accounts=$("$versitygw" admin list-users)
if printf '%s\n' "$accounts" | awk -v key="$WORKER_ACCESS_KEY" '$1 == key { found = 1 } END { exit !found }'; then
  "$versitygw" admin update-user --access "$WORKER_ACCESS_KEY" --secret "$WORKER_SECRET_KEY"
else
  "$versitygw" admin create-user --access "$WORKER_ACCESS_KEY" --secret "$WORKER_SECRET_KEY" --role user
fi
"$versitygw" admin change-bucket-owner --bucket "$bucket" --owner "$WORKER_ACCESS_KEY"
