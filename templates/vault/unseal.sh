# Unseal each node by itself; a new one first joins the active one.
unsealed() { at "$1" vault status > /dev/null 2>&1; }
unseal() {
  unseal_keys | while IFS= read -r key; do
    unsealed "$1" || printf '%s' "$key" | at "$1" vault write sys/unseal key=- > /dev/null
  done
  within ${seconds} unsealed "$1"
}
for node in $(nodes); do
  if at "$node" vault operator init -status > /dev/null 2>&1; then unsealed "$node" || unseal "$node"; fi
done
leader=$(within ${seconds} active)
for node in $(nodes); do
  if at "$node" vault operator init -status > /dev/null 2>&1; then continue; fi
  at "$node" vault operator raft join ${VAULT_CACERT:+-leader-ca-cert=@"$VAULT_CACERT"} "$(peer "$leader")" > /dev/null
  unseal "$node"
done
keep_origin
