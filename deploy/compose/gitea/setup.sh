#!/bin/sh
# setup.sh SAMPLES SECRETS: beside a running Gitea, makes an administrator (ada), Slipway's account with its tokens, the sample
# repositories and their webhook. All passwords and tokens are made here, kept in files, and never shown. Safe to repeat.
#
# GITEA_URL, REGISTRY, WEBHOOK_URL: where these are for Slipway.
set -eu
umask 077
samples=$1 secrets=$2

if [ -f "$secrets/gitea-secret" ]; then exit 0; fi
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT

# user NAME [FLAG...]: makes a user where there is none, and keeps its password beside Gitea's data.
user() {
  name=$1
  shift
  if gitea --config "$GITEA_APP_INI" admin user list | grep -qw "$name"; then return; fi
  gitea --config "$GITEA_APP_INI" admin user create --username "$name" --email "$name@example.invalid" \
    --random-password --must-change-password=false "$@" >"$temporary/created"
  sed -n "s/^generated random password is '\(.*\)'$/\1/p" "$temporary/created" >"$GITEA_WORK_DIR/$name-password"
}

random() { head -c 24 /dev/urandom | base64 | tr '+/' '-_'; }

# token USER SCOPES: makes a token, in its output.
token() {
  gitea --config "$GITEA_APP_INI" admin user generate-access-token --raw \
    --username "$1" --scopes "$2" --token-name "setup-$(random)" | grep -Ex '[0-9a-f]{40}'
}

# api METHOD PATH: calls Gitea's API as the administrator, with the body from standard input; what is there already is fine.
api() {
  status=$(curl --silent --show-error --config "$temporary/authorization" --request "$1" --header 'Content-Type: application/json' \
    --data-binary @- --output "$temporary/answer" --write-out '%{http_code}' "$GITEA_URL/api/v1$2")
  case $status in 2?? | 409 | 422) ;; *) echo "Gitea answered $status to $1 $2: $(cat "$temporary/answer")" >&2 && exit 1 ;; esac
}

# push NAME: makes the repository with the sample of that name, where it is empty, and lets Slipway write to it.
push() {
  echo '{"name": "'"$1"'", "private": true, "default_branch": "main"}' | api POST /orgs/acme/repos
  echo '{"permission": "write"}' | api PUT "/repos/acme/$1/collaborators/slipway"
  cp -R "$samples/$1" "$temporary/$1"
  find "$temporary/$1" -type f -exec sed -i \
    -e "s|https://forge.slipway.invalid|$GITEA_URL|g" -e "s|registry.slipway.invalid|$REGISTRY|g" {} +
  git -C "$temporary/$1" init --quiet --initial-branch main
  git -C "$temporary/$1" add --all
  git -C "$temporary/$1" -c user.name=Ada -c user.email=ada@example.invalid commit --quiet --message "Add the $1 sample"
  git -C "$temporary/$1" push --quiet "$GITEA_URL/acme/$1.git" main || git ls-remote --exit-code "$GITEA_URL/acme/$1.git" main
}

user ada --admin
user slipway
admin=$(token ada all)
echo "header = \"Authorization: token $admin\"" >"$temporary/authorization"
# In the environment and not in arguments, which everybody on the machine sees.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=http.extraHeader GIT_CONFIG_VALUE_0="Authorization: token $admin"

echo '{"username": "acme", "visibility": "private"}' | api POST /orgs
push gitops
push greeter
random >"$temporary/webhook"
echo '{"type": "gitea", "active": true, "events": ["push"], "config": {"content_type": "json",
  "url": "'"$WEBHOOK_URL"'", "secret": "'"$(cat "$temporary/webhook")"'"}}' | api POST /repos/acme/greeter/hooks

token slipway read:repository >"$secrets/git-token"
token slipway write:repository,write:issue,read:user >"$secrets/gitops-token"
token slipway write:repository >"$secrets/status-token"
# Last, because it says that all is done.
mv "$temporary/webhook" "$secrets/gitea-secret"
