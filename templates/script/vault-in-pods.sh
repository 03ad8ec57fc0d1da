# Vault as one service: its active pod. Only the vault command is given the token.
leader=$(within 300 active)
VAULT_ADDR=$(cat "$work/$leader.address")
export VAULT_ADDR
${vault}
