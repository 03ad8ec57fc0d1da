#!/bin/sh
# Plans what a pull request would change. What steers a run counts as the base branch says it: where the request changes that, the summary
# shows it, and nothing is run.
# Usage: plan.sh BASE FILE SUMMARY [CLUSTER]; BASE is a checkout of the base branch, FILE the configuration file in both.
# Ends with 0 where the plan was made, 2 where the request wants a review first, else as vault-k8s ends.
set -eu
base=$1
file=$2
summary=$3
cluster=${4-}
. "$(dirname "$0")/summary.sh"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

must_be_file "$file"
before=$base/$file
if [ -h "$before" ] || [ ! -f "$before" ]; then
  before=/dev/null
fi

code=0
vault-k8s config compare "$before" "$file" >"$scratch/out" 2>"$scratch/errors" || code=$?
case $code in
0) ;;
2)
  say "## vault-k8s: read this before it is merged"
  say "This request changes settings that say what is run, where keys and tokens go, or which cluster, addresses, charts and files are meant. **Nothing was run with them.** Once merged, they count."
  show "$scratch/out"
  cat "$scratch/out"
  exit 2
  ;;
*)
  say "## vault-k8s: $file cannot be used"
  show "$scratch/errors"
  cat "$scratch/errors" >&2
  exit "$code"
  ;;
esac

code=0
vault-k8s plan --config "$file" ${cluster:+--cluster "$cluster"} --no-input --detailed-exitcode >"$scratch/out" 2>"$scratch/errors" || code=$?
cat "$scratch/errors" >&2
cat "$scratch/out"
case $code in
0) say "## vault-k8s: nothing to change" ;;
2)
  code=0
  say "## vault-k8s: what this request would change"
  ;;
*)
  say "## vault-k8s: no plan could be made"
  show "$scratch/errors"
  ;;
esac
show "$scratch/out"
exit "$code"
