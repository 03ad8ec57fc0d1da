#!/bin/sh
# Makes it so, once a request was merged.
# Usage: apply.sh FILE SUMMARY [CLUSTER]. Ends as vault-k8s bootstrap ends.
set -eu
file=$1
summary=$2
cluster=${3-}
. "$(dirname "$0")/summary.sh"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

must_be_file "$file"
# The unseal keys of a Vault that is initialised here would go away with this machine, unless something says where else they are.
if ! vault-k8s config view --config "$file" ${cluster:+--cluster "$cluster"} >"$scratch/settings"; then
  say "## vault-k8s: $file cannot be used"
  exit 65
fi
if ! awk '$1 ~ /^--(vault-addr|vault-context|keys-command|keys-kubernetes-secret|keys-holder|init-file)$/ && $2 != "-" && $NF != "default" { found = 1 } END { exit !found }' "$scratch/settings"; then
  say "## vault-k8s: where would the unseal keys be?"
  say "Nothing was run. A pipeline's machine goes away, and Vault's unseal keys with it. Let $file say which Vault it is (vault.addr or vault.context) or where its keys are (keys.kubernetesSecret, keys.command, keys.holders or keys.file)."
  echo "x $file says neither which Vault it is, nor where its unseal keys are" >&2
  exit 65
fi
# The log shows it while it goes on; sh has no exit code of the first part of a pipe.
{
  code=0
  vault-k8s bootstrap --config "$file" ${cluster:+--cluster "$cluster"} --no-input 2>&1 || code=$?
  printf '%s' "$code" >"$scratch/code"
} | tee "$scratch/out"
code=$(cat "$scratch/code")
if [ "$code" -eq 0 ]; then
  say "## vault-k8s: done"
else
  say "## vault-k8s: stopped with $code. Run it again: it goes on where it stopped"
fi
show "$scratch/out"
exit "$code"
