# The root token, and the one that takes over from it.
token_file=${token}
root_token() { sed -n 's/.*"root_token": "\([^"]*\)".*/\1/p' "$keys"; }
kept_token() { sed -n 's/.*"token": "\([^"]*\)".*/\1/p' "$token_file"; }
as_root() { VAULT_TOKEN=$(root_token) command vault "$@"; }
as_kept() { VAULT_TOKEN=$(kept_token) command vault "$@"; }
as_admin() { if as_root token lookup > /dev/null 2>&1; then as_root "$@"; else vault "$@"; fi; }
keep_token() {
  token=$("$@")
  printf '{\n  "token": "%s"\n}\n' "$token" > "$token_file.new"
  mv "$token_file.new" "$token_file"
  [ "$(kept_token)" = "$token" ]
}

# What vault-k8s knows the keys by: the cluster, and Vault's own id.
keep_origin() {
  if grep -q vaultClusterId ${origin} 2> /dev/null; then return; fi
  cat > ${origin} << JSON
${document}
JSON
}
# The engines of a Vault that was initialised just now: others that are there later are somebody's.
fresh_engines() {
  if [ "${new:-no}" = yes ]; then
    printf ',\n  "freshEngines": {'
    at "$(active)" as_root secrets list | sed -n 's,^\([^ ]*\)/  *\([a-z_]*\) .*,"\1": "\2",p' | tr '\n' ',' | sed 's/,$//'
    printf '}'
  fi
}
cluster_id() { at "$(active)" vault status -format=json | sed -n 's/.*"cluster_id": "\([^"]*\)".*/\1/p'; }
