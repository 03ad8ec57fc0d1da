#!/bin/sh
# Installs vault-k8s in one exact version, for the steps that follow.
# Usage: setup.sh VERSION FOLDER
set -eu
version=$1
folder=$2

if ! printf '%s' "$version" | grep -Eqx '[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?'; then
  echo "x \"$version\" is not one exact version, such as 0.2.0" >&2
  exit 64
fi

# An image may bring it along. HashiCorp's agent injector has the same name, and another version.
if [ "$(vault-k8s --version 2>/dev/null || true)" = "$version" ]; then
  exit 0
fi

# Not in the checkout: its .npmrc could name another registry.
mkdir -p "$folder"
cd "$folder"
npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund "vault-k8s@$version" >&2
installed=$("$folder/node_modules/.bin/vault-k8s" --version)
if [ "$installed" != "$version" ]; then
  echo "x vault-k8s $version was asked for, and $installed was installed" >&2
  exit 1
fi
if [ -n "${GITHUB_PATH-}" ]; then
  printf '%s\n' "$folder/node_modules/.bin" >>"$GITHUB_PATH"
fi
