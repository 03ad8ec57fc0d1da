# The answer of vault operator init.
keys=${file}
keep_keys() {
  mkdir -p "$(dirname "$keys")"
  (set -C; "$@" > "$keys") || { if [ -e "$keys" ] && [ ! -s "$keys" ]; then rm "$keys"; fi; return 1; }
}
unseal_keys() {
  threshold=$(sed -n 's/.*"unseal_threshold": \([0-9]*\).*/\1/p' "$keys")
  sed -n '/"unseal_keys_b64"/,/\]/p' "$keys" | sed -n 's/^ *"\([^":]*\)",\{0,1\}$/\1/p' | head -n "$threshold"
}
