# The operator of cluster ${cluster} reads the secrets below ${kvMount}/${kvPrefix} and nothing else.
path "${kvMount}/data/${kvPrefix}*" {
  capabilities = ["read"]
}

# Names and versions, for dataFrom.find and metadata policies.
path "${kvMount}/metadata/${kvPrefix}*" {
  capabilities = ["read", "list"]
}
