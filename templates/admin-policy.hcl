# What vault-k8s needs once the root token is retired: to wire clusters, to write their secrets, and nothing else.
# It holds what is sent and no more; docs/root-token.md says what for.

# Auth methods: which there are, enabling one for a cluster and disabling it, its configuration and its roles.
path "sys/auth" {
  capabilities = ["read"]
}
path "sys/auth/${authMounts}" {
  capabilities = ["update", "delete", "sudo"]
}
path "auth/${authPaths}" {
  capabilities = ["create", "read", "update", "list"]
}

# How Vault's own storage is, for status.
path "sys/storage/raft/configuration" {
  capabilities = ["read"]
}
path "sys/storage/raft/autopilot/state" {
  capabilities = ["read"]
}

# Members of that storage: one leaves it before its pod goes, and hands over first where it leads.
path "sys/storage/raft/remove-peer" {
  capabilities = ["update"]
}
path "sys/step-down" {
  capabilities = ["update", "sudo"]
}

# The policy with which a cluster reads its secrets, and this one to look at.
path "sys/policies/acl/${policies}" {
  capabilities = ["read", "update", "delete"]
}
path "sys/policies/acl/${adminPolicy}" {
  capabilities = ["read"]
}

# Who else reads what teardown --delete-data would delete.
path "sys/policies/acl" {
  capabilities = ["list"]
}
path "sys/policies/acl/*" {
  capabilities = ["read"]
}

# Audit devices: which there are, and enabling ours.
path "sys/audit" {
  capabilities = ["read", "sudo"]
}
path "sys/audit/vault-k8s-*" {
  capabilities = ["update", "sudo"]
}

# The KV version 2 engine.
path "sys/mounts" {
  capabilities = ["read"]
}
path "sys/mounts/${kvMount}" {
  capabilities = ["update"]
}
path "${kvMount}/config" {
  capabilities = ["read"]
}

# A root token again, by a quorum of the unseal keys together with a token of this policy. The first two are Vault's paths, the others
# OpenBao's; which of them the server has does not count, so that an upgrade does not close the way.
path "sys/generate-root/attempt" {
  capabilities = ["read", "update", "delete"]
}
path "sys/generate-root/update" {
  capabilities = ["update"]
}
path "sys/generate-root-token/attempt" {
  capabilities = ["create", "read", "update", "delete"]
}
path "sys/generate-root-token/update" {
  capabilities = ["create", "update"]
}

# The reason of a refused login, from Vault's own log: doctor.
path "sys/monitor" {
  capabilities = ["read"]
}

# The secrets of clusters: to compare them with what arrived, for secret put, and for teardown --delete-data.
path "${kvMount}/data/${kvPrefix}*" {
  capabilities = ["create", "read", "update"]
}
path "${kvMount}/metadata/${kvPrefix}*" {
  capabilities = ["read", "list", "delete"]
}
