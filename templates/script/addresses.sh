# Vault's nodes, each at its own address.
nodes() { printf '%s\n' ${nodes}; }
peer() { echo "$1"; }
at() (
  VAULT_ADDR=$1
  export VAULT_ADDR
  shift
  "$@"
)
${active}
