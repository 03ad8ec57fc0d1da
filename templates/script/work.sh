# A folder that only you can read; it goes away at the end, and so do the port-forwards.
work=$(mktemp -d)
finish() {
  for pid in "$work"/*.pid; do if [ -e "$pid" ]; then kill "$(cat "$pid")" 2> /dev/null || :; fi; done
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM
