import type { ScriptPart } from "./script.ts";

// A subshell, so that one may run inside another.
export const within: ScriptPart = {
  lines: `
# within SECONDS COMMAND...: repeats the command until it succeeds.
within() (
  end=$(($(date +%s) + $1))
  shift
  until "$@"; do
    if [ "$(date +%s)" -ge "$end" ]; then echo "not in time: $*" >&2; exit 1; fi
    sleep 1
  done
)`,
};

export const work: ScriptPart = {
  lines: `
# A folder that only you can read; it goes away at the end, and so do the port-forwards.
work=$(mktemp -d)
finish() {
  for pid in "$work"/*.pid; do if [ -e "$pid" ]; then kill "$(cat "$pid")" 2> /dev/null || :; fi; done
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM`,
};

export const sha256: ScriptPart = {
  lines: `
sha256() { if command -v sha256sum > /dev/null; then sha256sum; else shasum -a 256; fi | cut -d ' ' -f 1; }`,
};

export const ask: ScriptPart = {
  lines: `
# ask NAME FILE: asks for a secret value, which goes into a file.
ask() {
  printf '%s: ' "$1" >&2
  if [ -t 0 ]; then stty -echo; fi
  IFS= read -r answer
  if [ -t 0 ]; then stty echo; echo >&2; fi
  printf '%s' "$answer" > "$2"
}`,
};
