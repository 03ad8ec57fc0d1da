#!/bin/sh
# Writes the krew manifest and the Homebrew formula for a packed file, as `npm pack` makes it and a release on GitHub holds it.
# Usage: fill.sh OWNER FILE FOLDER
set -eu
owner=$1
file=$2
folder=$3
here=$(dirname "$0")

if ! printf '%s' "$owner" | grep -Eqx '[A-Za-z0-9][A-Za-z0-9-]*'; then
  echo "x \"$owner\" is no owner of a repository on GitHub" >&2
  exit 64
fi
sum=$(openssl dgst -sha256 -r "$file" | cut -d ' ' -f 1)
for each in krew/vault-k8s.yaml homebrew/vault-k8s.rb; do
  mkdir -p "$folder/$(dirname "$each")"
  sed -e "s|/OWNER/|/$owner/|g" -e "s/0\{64\}/$sum/" "$here/$each" >"$folder/$each"
done
