#!/bin/sh
# Makes the namespace, or sets how long ended runs are kept in it. Can be repeated.
set -eu
if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" > /dev/null 2>&1; then
  temporal operator namespace update --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
else
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
  # Servers learn of a namespace within seconds.
  until temporal workflow list --namespace "$TEMPORAL_NAMESPACE" --limit 1 > /dev/null 2>&1; do sleep 1; done
fi
