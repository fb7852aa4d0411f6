#!/bin/sh
# Makes the namespace TEMPORAL_NAMESPACE of the server at TEMPORAL_ADDRESS, once that answers. Safe to repeat.
set -eu

until temporal operator cluster health; do sleep 1; done
temporal operator namespace describe >/dev/null 2>&1 || temporal operator namespace create --retention 168h
