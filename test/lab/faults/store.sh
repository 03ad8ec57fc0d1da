#!/bin/sh
# A stand-in for a password store: `store.sh keep` takes a document from standard input, `store.sh give` prints it. Documents are files in
# $HOME/store. The file `harm` beside them says what goes wrong and with which calls: "HARM ACTION DOCUMENT", where * fits all.
set -eu
store=$HOME/store
document=$store/$VAULT_K8S_DOCUMENT
harm=none
if [ -e "$store/harm" ] && read -r what calls < "$store/harm"; then
  # shellcheck disable=SC2254 # A pattern.
  case "$1 $VAULT_K8S_DOCUMENT" in $calls) harm=$what ;; esac
fi
# Only what is there can be read wrongly.
if [ "$1" = give ] && ! [ -s "$document" ]; then exit 1; fi
case $harm in
  fail) echo "the store is locked" >&2; exit 9 ;;
  hang) exec sleep 600 ;;
esac
# One at a time, as such stores do: a call that a killed run left comes to its end first.
exec 9> "$store/lock"
flock 9
case $1-$harm in
  keep-garble) tr 0-9a-f 1-9a-f0 > "$document" ;;
  keep-lose) cat > /dev/null ;;
  keep-*) cat > "$document" ;;
  give-*) cat "$document" ;;
esac
