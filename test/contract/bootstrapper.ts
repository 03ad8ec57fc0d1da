/**
 * What a token needs that wires clusters to Vault and is not root: one auth mount and one policy for each cluster, named k8s-…, one KV mount.
 * More than that a run must not ask for.
 */
export const bootstrapper = `
path "auth/token/lookup-self"      { capabilities = ["read"] }
path "auth/token/renew-self"       { capabilities = ["update"] }
path "auth/token/revoke-self"      { capabilities = ["update"] }
path "sys/capabilities-self"       { capabilities = ["update"] }
path "sys/auth"                    { capabilities = ["read"] }
path "sys/mounts"                  { capabilities = ["read"] }
path "sys/auth/k8s-*"              { capabilities = ["create", "read", "update", "sudo"] }
path "sys/mounts/auth/k8s-*"       { capabilities = ["read", "update", "sudo"] }
path "auth/k8s-*"                  { capabilities = ["create", "read", "update", "list"] }
path "sys/policies/acl"            { capabilities = ["list"] }
path "sys/policies/acl/"           { capabilities = ["list"] }
path "sys/policies/acl/k8s-*"      { capabilities = ["create", "read", "update"] }
path "sys/mounts/kv"               { capabilities = ["create", "read", "update"] }
path "kv/config"                   { capabilities = ["read"] }
path "kv/data/k8s/*"               { capabilities = ["create", "read", "update"] }
path "kv/metadata/k8s/*"           { capabilities = ["read", "list"] }
path "sys/storage/raft/configuration"   { capabilities = ["read"] }
path "sys/storage/raft/autopilot/state" { capabilities = ["read"] }
`;
