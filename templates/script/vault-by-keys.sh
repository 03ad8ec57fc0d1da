vault() {
  if [ -n "${VAULT_TOKEN:-}" ] || [ ! -s "$keys" ]; then command vault "$@"
  elif [ -s "$token_file" ]; then as_kept "$@"
  else as_root "$@"; fi
}
