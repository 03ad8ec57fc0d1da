# Initialise Vault, once. The answer is given once: unseal keys and root token go to $keys.
initialised() { at "$1" vault operator init -status > /dev/null 2>&1; }
answers() { at "$1" vault status > /dev/null 2>&1 || [ $? -eq 2 ]; }
new=yes
for node in $(nodes); do
  within 300 answers "$node"
  if initialised "$node"; then new=no; fi
done
if [ "$new" = yes ]; then
  node=$(nodes | head -n 1)
  if at "$node" vault status -format=json | grep -q '"recovery_seal": true'; then
    set -- -recovery-shares=${shares} -recovery-threshold=${threshold}${recovery_pgp}
  else
    set -- -key-shares=${shares} -key-threshold=${threshold}${pgp}
  fi
  keep_keys at "$node" vault operator init -format=json${root} "$@"
fi
