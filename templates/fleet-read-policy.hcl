# What vault-k8s needs to compare a fleet with what it should be: it reads, and writes nothing.

# Auth methods: which there are, how each is configured, and its roles.
path "sys/auth" {
  capabilities = ["read"]
}
path "auth/${authPaths}" {
  capabilities = ["read", "list"]
}

# The policy with which a cluster reads its secrets.
path "sys/policies/acl/${policies}" {
  capabilities = ["read"]
}

# The KV version 2 engine, and which versions of a secret there are; no secret is read.
path "sys/mounts" {
  capabilities = ["read"]
}
path "${kvMount}/config" {
  capabilities = ["read"]
}
path "${kvMount}/metadata/${kvPrefix}*" {
  capabilities = ["read", "list"]
}
