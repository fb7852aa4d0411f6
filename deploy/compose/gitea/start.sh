#!/bin/sh
# start.sh SETTINGS: starts Gitea with a copy of these settings beside its data, to which it adds the keys that it makes.
set -eu
umask 077
mkdir -p "$HOME"

if [ ! -f "$GITEA_APP_INI" ]; then
  gitea generate secret SECRET_KEY >"$GITEA_WORK_DIR/secret-key"
  cp "$1" "$GITEA_APP_INI"
fi
exec gitea --config "$GITEA_APP_INI" web
