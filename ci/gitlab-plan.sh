#!/bin/sh
# What gitlab.yml runs on a merge request: takes the target branch beside the checkout, and plans.
# Usage: gitlab-plan.sh FOLDER FILE [CLUSTER]; FOLDER is outside of the checkout.
set -eu
folder=$1
file=$2
cluster=${3-}

# Its newest commit, not the one that the request began from: an old one may name what is somebody else's by now.
git fetch --quiet --depth 1 origin "refs/heads/$CI_MERGE_REQUEST_TARGET_BRANCH_NAME"
git worktree add --quiet --force --detach "$folder/base" FETCH_HEAD
# A request could bring one along that leads elsewhere.
rm -rf vault-k8s-plan.md
code=0
sh "$(dirname "$0")/plan.sh" "$folder/base" "$file" vault-k8s-plan.md "$cluster" || code=$?
git worktree remove --force "$folder/base"
exit "$code"
