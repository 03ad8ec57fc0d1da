#!/bin/sh
# What action.yml runs: plans on a pull request, applies on the branch that counts.
# Usage: github.sh BASE FILE BRANCH [CLUSTER]; the rest are GitHub's own variables:
# https://docs.github.com/en/actions/reference/workflows-and-actions/variables
set -eu
base=$1
file=$2
branch=$3
cluster=${4-}
here=$(dirname "$0")

refuse() {
  echo "x $1" >&2
  exit 64
}

# A line of the output that looks like a command to the runner is none until the word is said, which nobody else knows.
quietly() {
  word=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  echo "::stop-commands::$word"
  code=0
  "$@" || code=$?
  echo "::$word::"
}

case $GITHUB_EVENT_NAME in
pull_request)
  quietly sh "$here/plan.sh" "$base" "$file" "$GITHUB_STEP_SUMMARY" "$cluster"
  case $code in
  0) result=planned ;;
  2)
    result=review
    code=0
    echo "::warning title=vault-k8s::This request changes settings that want a review; nothing was run. See the summary."
    ;;
  *) result=failed ;;
  esac
  ;;
push | workflow_dispatch | schedule)
  if [ "$GITHUB_REF" != "refs/heads/$branch" ]; then
    refuse "$GITHUB_REF is not refs/heads/$branch: only that one is applied"
  fi
  quietly sh "$here/apply.sh" "$file" "$GITHUB_STEP_SUMMARY" "$cluster"
  if [ "$code" -eq 0 ]; then result=applied; else result=failed; fi
  ;;
*) refuse "On $GITHUB_EVENT_NAME nothing is run: it is for pull_request, and for push to $branch" ;;
esac
echo "result=$result" >>"$GITHUB_OUTPUT"
exit "$code"
